package hubui

import (
	"time"

	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/ui"
)

// MeetingsPage is the secretariat's meetings, series by series.
type MeetingsPage struct {
	MayRun  bool
	Series  []SeriesRow
	Rows    []MeetingRow
	Open    int // action items
	Overdue int
}

// Template is meetings/list.
func (MeetingsPage) Template() string { return "meetings/list" }

// SeriesRow is a row of meetings, with the days that its rule gives next.
type SeriesRow struct {
	ID, Name string
	Rule     ui.Text
	Skip     []ui.Text
	Next     []time.Time
}

// MeetingRow is one meeting in a list.
type MeetingRow struct {
	ID, Name, Host string
	Start          time.Time
	State          ui.Badge
}

// SeriesFormPage is where a series is made or changed.
type SeriesFormPage struct {
	ID, NameTH, NameEN               string
	Nth, Weekday, At, Length, Quorum string
	ProposeDays, RemarkDays          string
	Skip, Hosts                      []string
	Nths, Weekdays, Months, Quorums  []ui.Option
	Members                          []ui.Option
	Version                          int64
	Errors                           ui.Errors
}

// Template is meetings/series.
func (SeriesFormPage) Template() string { return "meetings/series" }

// MeetingPage is one meeting at the secretariat's desk.
type MeetingPage struct {
	ID, Name, Host, Place, Link, Note, Chair                                                           string
	Start, End, Deadline, Moved                                                                        time.Time
	State                                                                                              ui.State
	Version                                                                                            int64
	Form                                                                                               MeetingForm
	Proposals                                                                                          []ProposalRow
	Sections                                                                                           []AgendaSection
	Planned, Length                                                                                    int
	Replies                                                                                            []ReplyRow
	Missing                                                                                            []string // members that have not replied
	Quorum                                                                                             ui.Text
	Enough                                                                                             bool
	Telling                                                                                            []string // pieces to be looked at twice
	SectionOptions, WantedOptions, IntoOptions                                                         []ui.Option
	MayRun, CanEdit, CanCall, CanPublish, CanOpen, CanCancel, InRoom, HasMinutes, AgendaStale, OnPaper bool
	Errors                                                                                             ui.Errors
}

// Template is meetings/show.
func (MeetingPage) Template() string { return "meetings/show" }

// Over reports whether the items take longer than the meeting.
func (p MeetingPage) Over() bool { return p.Planned > p.Length }

// MeetingForm is what can be changed of a meeting.
type MeetingForm struct {
	Number, Day, From, Length, DeadlineDay, Host, Place, Link, Note, Chair string
	Hosts                                                                  []ui.Option
}

// ProposalRow is what a member has proposed.
type ProposalRow struct {
	ID, Title, From, Reason string
	Why                     []string
	Wanted                  ui.Text
	Minutes                 int
	Late, Fresh             bool
	Fate                    ui.Badge
	Section                 string
	Version                 int64
}

// AgendaSection is one of the six sections, with its items.
type AgendaSection struct {
	Number string
	Title  ui.Text
	Items  []AgendaRow
}

// AgendaRow is one item of an agenda.
type AgendaRow struct {
	ID, Number, Title, From string
	Why                     string
	Section, Wanted         string
	WantedText              ui.Text
	Minutes                 int
	Version                 int64
	Closed, First, Last     bool
	Own                     bool // of the secretariat; it can be taken off
}

// ReplyRow is one organisation's reply.
type ReplyRow struct {
	Org, Who, Needs string
	State           ui.Badge
	Mode            ui.Text
	At              time.Time
	Old             bool // it was given before the day was moved
}

// RoomPage is the note-taker's one screen.
type RoomPage struct {
	ID, Name     string
	Version      int64
	Quorum       ui.Text
	Enough       bool
	Here         []PresenceRow
	Orgs, Owners []ui.Option
	Items        []RoomItem
	Open         bool // people sit together
	Errors       ui.Errors
}

// Template is meetings/room.
func (RoomPage) Template() string { return "meetings/room" }

// PresenceRow is one who is there or not.
type PresenceRow struct {
	ID, Name, Org, Why string
	Here, Guest        bool
}

// RoomItem is one item in the room.
type RoomItem struct {
	ID, Number, Title, From, Note, By string
	Section                           ui.Text // of the first of a section
	Why                               []string
	Minutes                           int
	Version                           int64
	Closed, Decided, Adopts           bool
	Resolution                        []string
	Rule                              ui.Text // how many were there when it was resolved
	Kinds                             []ui.Option
	Actions                           []ActionRow
	Drafts                            []DraftRow
}

// DraftRow is a text that was written at the same time as another one.
type DraftRow struct{ By, Text string }

// ActionRow is what an organisation has promised.
type ActionRow struct {
	ID, Code, What, Owner, Note, Due string
	StateCode                        string
	State                            ui.Badge
	Overdue                          bool
	Version                          int64
}

// ActionsPage is everything that was promised, open first.
type ActionsPage struct {
	Rows    []ActionRow
	States  []ui.Option
	MayRun  bool
	Open    int
	Done    int
	Overdue int
	Errors  ui.Errors
}

// Template is meetings/actions.
func (ActionsPage) Template() string { return "meetings/actions" }

// DecisionsPage is the register of resolutions.
type DecisionsPage struct {
	Query string
	Rows  []DecisionRow
}

// Template is meetings/decisions.
func (DecisionsPage) Template() string { return "meetings/decisions" }

// DecisionRow is one resolution.
type DecisionRow struct {
	Meeting, Href, Number, Title string
	Day                          time.Time
	Result                       []string
	Kind                         ui.Badge
}

// RemarksPage is what members say of the minutes, and the step that sends them.
type RemarksPage struct {
	ID, Name          string
	Version           int64
	Rows              []RemarkRow
	Until             time.Time
	Revision          int
	Scribe            string
	CanSend, OwnNotes bool
	Telling           []string
	State             ui.State
	Digest            string
	Errors            ui.Errors
}

// Template is meetings/remarks.
func (RemarksPage) Template() string { return "meetings/remarks" }

// RemarkRow is one remark.
type RemarkRow struct {
	Org  string
	Text []string
	At   time.Time
	Late bool
}

func meetingPages() []web.Entry {
	return []web.Entry{web.Of[MeetingsPage](), web.Of[SeriesFormPage](), web.Of[MeetingPage](), web.Of[RoomPage](), web.Of[ActionsPage](), web.Of[DecisionsPage](), web.Of[RemarksPage]()}
}

// MeetingBadge is the badge for the state of a meeting.
func MeetingBadge(state string) ui.Badge {
	tone := map[string]string{"planned": "neutral", "called": "act", "published": "act", "in_session": "act", "held": "wait", "circulated": "wait", "adopted": "done", "cancelled": "danger"}[state]
	return ui.Badge{Text: ui.T("meetings.state." + state), Tone: tone}
}

// FateBadge is the badge for what became of a proposal.
func FateBadge(fate string) ui.Badge {
	tone := map[string]string{"new": "act", "accepted": "done", "merged": "done", "deferred": "wait", "returned": "danger"}[fate]
	return ui.Badge{Text: ui.T("meetings.fate." + fate), Tone: tone}
}

// ComesBadge is the badge for whether somebody comes.
func ComesBadge(state string) ui.Badge {
	tone := map[string]string{"coming": "done", "maybe": "wait", "absent": "neutral"}[state]
	return ui.Badge{Text: ui.T("meetings.comes." + state), Tone: tone}
}

// TaskBadge is the badge for the state of an action item.
func TaskBadge(state string) ui.Badge {
	tone := map[string]string{"open": "neutral", "started": "act", "done": "done", "stuck": "danger", "dropped": "neutral"}[state]
	return ui.Badge{Text: ui.T("meetings.task." + state), Tone: tone}
}
