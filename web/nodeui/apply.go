package nodeui

import (
	"time"

	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/ui"
)

// Applying is how an application to a network stands, for the page about the network.
type Applying struct {
	Steps    ui.Steps  // none when nothing is on its way
	Title    string    // message key of what is so at present, "" for nothing to say
	Text     string    // message key: what it means, and what to do
	Tone     string    // of the notice
	Error    ui.Text   // why it has not arrived, if so
	Again    time.Time // not before; zero for at once
	May      bool      // may apply now
	Withdraw bool      // may take it back
	Said     []string  // what we have said, by line
}

// ApplyPage asks what the organisation says of itself to a network that has not invited it.
type ApplyPage struct {
	Address                      string
	AboutTH, AboutEN, Contact    string
	Services, Regions, Languages []string
	Areas                        []ui.Option
	Telling                      []string // pieces that are a person's
	Closed                       ui.Text  // why nobody can apply, empty while one can
	Errors                       ui.Errors
}

// Template is apply/form.
func (ApplyPage) Template() string { return "apply/form" }

// ApplyLookPage shows an application as it would leave.
type ApplyLookPage struct {
	Hub, Actor, Print string // of the network
	Bridge            ui.Bridge
	Sum, Fours, Bytes string
	Redrawn           bool
	Errors            ui.Errors
}

// Template is apply/look.
func (ApplyLookPage) Template() string { return "apply/look" }

func applyPages() []web.Entry { return []web.Entry{web.Of[ApplyPage](), web.Of[ApplyLookPage]()} }

// ApplySteps are the steps from an application to membership; now is the one it stands on.
func ApplySteps(now string) ui.Steps {
	var out ui.Steps
	state := "done"
	for _, one := range []string{"sent", "arrived", "considered", "decided"} {
		s := ui.Step{Label: ui.T("apply.step." + one), State: state}
		if one == now {
			s.State, state = "now", "next"
		}
		out = append(out, s)
	}
	return out
}
