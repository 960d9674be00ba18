package hubui

import (
	"time"

	"github.com/saphan-network/saphan/web/ui"
)

// Doorway is whether organisations that nobody has invited can apply.
type Doorway struct {
	Open   bool
	By     string // who has changed it last, "" for nobody
	At     time.Time
	MaySet bool
}

// Badge is that of the state.
func (d Doorway) Badge() ui.Badge {
	if d.Open {
		return ui.Badge{Text: ui.T("door.state.open"), Tone: "done"}
	}
	return ui.Badge{Text: ui.T("door.state.shut"), Tone: "neutral"}
}

// Said is what an organisation has said of itself when it applied by the door.
type Said struct {
	About                        []string // lines
	Services, Regions, Languages []ui.Text
	Contact                      string
	Uninvited                    bool // and nobody has compared its key yet
}
