package nodeui

import (
	"time"

	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/ui"
)

// MeetingsPage is the network's meetings as a member sees them.
type MeetingsPage struct {
	Coming []MeetingRow
	Past   []MeetingRow
	Open   int // tasks
	Late   int
}

// Template is meetings/list.
func (MeetingsPage) Template() string { return "meetings/list" }

// MeetingRow is one meeting in a list.
type MeetingRow struct {
	ID, Name        string
	Start, Deadline time.Time
	State           ui.Badge
	Reply           ui.Badge
	CanPropose      bool
}

// MeetingPage is one meeting.
type MeetingPage struct {
	ID, Name, Place, Link     string
	Note                      []string
	Start, End, Deadline      time.Time
	State                     ui.State
	Moved, MayReply           bool
	MayPropose, CanPropose    bool
	CanReply, Late, MayRemark bool
	Reply                     MeetingReply
	States, Modes             []ui.Option
	Sections                  []MeetingSection
	AgendaAt                  time.Time
	Planned                   int
	Proposals                 []MeetingProposal
	HasMinutes, Adopted       bool
	MinutesAt                 time.Time
	Remark                    string
	Errors                    ui.Errors
}

// Template is meetings/show.
func (MeetingPage) Template() string { return "meetings/show" }

// MeetingReply is what the organisation has said.
type MeetingReply struct {
	State, Mode, Who, Needs string
	Badge                   ui.Badge
	At                      time.Time
	Old                     bool // for another day
}

// MeetingSection is one of the six sections, with its items.
type MeetingSection struct {
	Number string
	Title  ui.Text
	Items  []MeetingItem
}

// MeetingItem is one item of an agenda.
type MeetingItem struct {
	Number, Title, From string
	Why                 []string
	Wanted              ui.Text
	Minutes             int
	Ours                bool
}

// MeetingProposal is an item that the organisation has proposed.
type MeetingProposal struct {
	ID, Title, Reason string
	State             ui.Badge
	Draft             bool
}

// MeetingProposePage is where an item is proposed.
type MeetingProposePage struct {
	ID, Name           string
	Title, Why, Wanted string
	Minutes            string
	Deadline           time.Time
	Closed             ui.Text // why nothing can be proposed, empty while it can
	WantedOptions      []ui.Option
	Errors             ui.Errors
}

// Template is meetings/propose.
func (MeetingProposePage) Template() string { return "meetings/propose" }

// MeetingPreviewPage shows a proposal as it would leave.
type MeetingPreviewPage struct {
	ID, Meeting, Name string
	Title             string
	Why               []string
	Wanted            ui.Text
	Minutes           int
	Findings          []MeetingFinding
	Sum, Print, Bytes string
	Sent              bool
	Redrawn           bool
	State             ui.Badge
	Reason            string
	Errors            ui.Errors
}

// Template is meetings/preview.
func (MeetingPreviewPage) Template() string { return "meetings/preview" }

// MeetingFinding is a piece that looks as if it told who somebody is.
type MeetingFinding struct {
	Text string
	Kind ui.Text
}

// TasksPage is what the organisation has promised at meetings.
type TasksPage struct {
	Rows    []TaskRow
	States  []ui.Option
	MayWork bool
	Open    int
	Late    int
	Errors  ui.Errors
}

// Template is meetings/tasks.
func (TasksPage) Template() string { return "meetings/tasks" }

// TaskRow is one task.
type TaskRow struct {
	ID, Code, What, Note, StateCode string
	Due, Changed                    time.Time
	State                           ui.Badge
	Late, Dropped                   bool
	Version                         int64
}

func meetingPages() []web.Entry {
	return []web.Entry{web.Of[MeetingsPage](), web.Of[MeetingPage](), web.Of[MeetingProposePage](), web.Of[MeetingPreviewPage](), web.Of[TasksPage]()}
}

// MeetingBadge is the badge for a meeting as a member sees it.
func MeetingBadge(state string) ui.Badge {
	tone := map[string]string{"called": "act", "published": "act", "held": "wait", "circulated": "wait", "adopted": "done", "cancelled": "danger"}[state]
	return ui.Badge{Text: ui.T("meetings.state." + state), Tone: tone}
}

// ComesBadge is the badge for what the organisation has replied, "" for nothing yet.
func ComesBadge(state string) ui.Badge {
	if state == "" {
		return ui.Badge{Text: ui.T("meetings.comes.unsaid"), Tone: "act"}
	}
	tone := map[string]string{"coming": "done", "maybe": "wait", "absent": "neutral"}[state]
	return ui.Badge{Text: ui.T("meetings.comes." + state), Tone: tone}
}

// ProposalBadge is the badge for where a proposal stands.
func ProposalBadge(state string) ui.Badge {
	tone := map[string]string{"draft": "act", "sent": "wait", "accepted": "done", "merged": "done", "deferred": "wait", "returned": "danger"}[state]
	return ui.Badge{Text: ui.T("meetings.fate." + state), Tone: tone}
}

// TaskBadge is the badge for the state of a task.
func TaskBadge(state string) ui.Badge {
	tone := map[string]string{"open": "neutral", "started": "act", "done": "done", "stuck": "danger", "dropped": "neutral"}[state]
	return ui.Badge{Text: ui.T("meetings.task." + state), Tone: tone}
}
