package hubui

import "time"

// Trial is how a provisional member's time of trial stands, with what can be done.
type Trial struct {
	On         bool      // it is a provisional member
	End        time.Time // zero if none was set
	Over       bool      // the end has passed
	By         string    // who has proposed to make it a full member, "" for nobody
	At         time.Time // when
	CanPropose bool
	CanConfirm bool // somebody else has proposed
	CanDrop    bool
}
