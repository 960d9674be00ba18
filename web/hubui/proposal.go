package hubui

import "time"

// Trial is how a provisional member's time of trial stands.
type Trial struct {
	On   bool      // it is a provisional member
	End  time.Time // zero if none was set
	Over bool      // the end has passed
}

// Second is what two people of the secretariat decide together about an organisation.
type Second struct {
	Act        string // full, admit, expel or readmit, which waits for a second person; "" for nothing
	Reason     string // vocabulary membership_decline_reason
	By         string // who has proposed it
	At         time.Time
	CanConfirm bool // somebody else has proposed
	CanDrop    bool
	// What can be proposed as the organisation stands, while nothing waits.
	CanFull, CanAdmit, CanExpel, CanReadmit bool
}
