package federation

import "time"

// Limits that hold for everything that comes from another server.
const (
	MaxBody        = 256 << 10        // bytes of one activity or fetched document
	MaxDepth       = 32               // nested JSON values
	MaxList        = 200              // entries of one array, members list excepted
	MaxMembers     = 1000             // entries of a members list
	MaxString      = 4096             // bytes of one string, keys excepted
	ClockWindow    = time.Hour        // how far a Date header may be from our clock, either way
	RequestTimeout = 20 * time.Second // one delivery or fetch as a whole
)

// A new key and the one before it both hold for KeyOverlap. Its owner signs with the
// old one for the first KeySettling of that, so that whoever was away no longer has
// the new one by the time that it is used.
const (
	KeyOverlap  = 30 * 24 * time.Hour
	KeySettling = 7 * 24 * time.Hour
)

// MediaType is the media type of every document and activity.
const MediaType = "application/activity+json"

// Namespace is the versioned home of our terms. It is compiled in and sent
// inline; no server ever fetches it.
const Namespace = "https://saphan.network/ns/v1#"
