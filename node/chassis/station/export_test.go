package station

// SyncedForTest and SyncHeaderForTest are what a delivery and an inbox call.
var (
	SyncedForTest     = (*Station).synced
	SyncHeaderForTest = (*Station).syncHeader
)
