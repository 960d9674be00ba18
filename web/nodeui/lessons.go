package nodeui

import (
	"time"

	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/staffui"
	"github.com/saphan-network/saphan/web/ui"
)

// LessonsPage is the writing desk: the organisation's own lessons, and what waits.
type LessonsPage struct {
	Rows     []LessonRow
	Remarks  []RemarkRow
	MayWrite bool
}

// Template is lessons/list.
func (LessonsPage) Template() string { return "lessons/list" }

// LessonRow is one lesson on the desk.
type LessonRow struct {
	ID, Title string
	State     ui.Badge
	Review    bool // a law that it rests on has changed
	Shared    int  // versions that the network has
	Writer    string
	Changed   time.Time
}

// RemarkRow is a remark that waits for a second person.
type RemarkRow struct {
	ID   string
	Text ui.Text
	By   string
	At   time.Time
}

// LessonAsk is one part of a lesson with the question that it answers.
type LessonAsk struct {
	Name   string // title, problem, …
	Line   bool
	TH, EN string
	Needed bool
}

// Title is the key of the part's name.
func (a LessonAsk) Title() string { return "lessons.part." + a.Name }

// Prompt is the key of the question.
func (a LessonAsk) Prompt() string { return "lessons.ask." + a.Name }

// LessonLaw is a law in the form.
type LessonLaw struct {
	N            string
	TH, EN, Date string
}

// LessonFormPage is where a lesson is written.
type LessonFormPage struct {
	ID                                      string
	Version                                 int64
	Asks                                    []LessonAsk
	Laws                                    []LessonLaw
	Issue, Status, Office, Region, Evidence string
	Kept                                    time.Time // what was typed and not saved is from then; zero if it was saved
	Live                                    bool      // an earlier version is with the network
	FromCase                                bool
	Errors                                  ui.Errors
}

// Template is lessons/form.
func (LessonFormPage) Template() string { return "lessons/form" }

// LessonClashPage stands where two have changed the same lesson.
type LessonClashPage struct {
	ID      string
	Version int64
	Rows    []LessonClash
	Hidden  []LessonHidden // what the actor has typed, to be sent again
}

// Template is lessons/clash.
func (LessonClashPage) Template() string { return "lessons/clash" }

// LessonClash is one part in which they differ.
type LessonClash struct {
	Label        ui.Text
	Theirs, Mine string
}

// LessonHidden is a value that a form carries.
type LessonHidden struct{ Name, Value string }

// LessonFinding is something that may tell who somebody is.
type LessonFinding struct {
	Key                           string
	Where                         ui.Text
	Before, Piece, Instead, After string
	Why                           ui.Text
	Times                         int
	Must, Kept                    bool
}

// LessonPage is one lesson with all that there is to decide.
type LessonPage struct {
	ID, Title, TitleEN, Summary string
	Version                     int64
	State                       ui.State
	Steps                       ui.Steps
	Parts                       []ui.Passage
	Laws                        []staffui.LibraryLaw
	Facts                       ui.Facts
	Findings                    []LessonFinding
	Open                        int
	Readers                     []LessonReader
	Bridge                      ui.Bridge
	Sum, Print, Bytes           string
	Allowed                     bool
	Why, Remedy                 ui.Text
	Href                        string // of its page in the library
	Draft, Waiting, Twice       bool
	Retracted                   bool
	Reason                      ui.Text
	Returned, Theirs, FromCase  bool
	MayWrite, MayRead           bool
	MayOutside, NeedsOutside    bool
	MayRelease, MayRetract      bool
	Errors                      ui.Errors
}

// Template is lessons/show.
func (LessonPage) Template() string { return "lessons/show" }

// Undecided reports whether a finding waits for somebody.
func (p LessonPage) Undecided() bool { return p.Open > 0 }

// LessonReader is one who has read it.
type LessonReader struct {
	Name    string
	Outside bool
	At      time.Time
}

// RemarkFormPage is where somebody says how it went here, or asks.
type RemarkFormPage struct {
	Lesson, Title string
	Trial         bool
	About, Quote  string // of what is answered
	Result, Text  string
	Errors        ui.Errors
}

// Template is lessons/say.
func (RemarkFormPage) Template() string { return "lessons/say" }

// RemarkPage is a remark that waits, with exactly what would leave.
type RemarkPage struct {
	ID, Title, Text     string
	Badge               ui.Badge
	By                  string
	Findings            []LessonFinding
	Open                int
	Bridge              ui.Bridge
	Sum, Print, Bytes   string
	Allowed             bool
	Why, Remedy         ui.Text
	MayRelease, MayDrop bool
	Errors              ui.Errors
}

// Template is lessons/remark.
func (RemarkPage) Template() string { return "lessons/remark" }

// LessonBadge is the badge of a lesson's state.
func LessonBadge(state string) ui.Badge {
	tone := map[string]string{"draft": "neutral", "review": "wait", "once": "wait", "twice": "act", "shared": "done", "retracted": "danger"}[state]
	return ui.Badge{Text: ui.T("lessons.state." + state), Tone: tone}
}

func lessonPages() []web.Entry {
	return []web.Entry{web.Of[LessonsPage](), web.Of[LessonFormPage](), web.Of[LessonClashPage](), web.Of[LessonPage](), web.Of[RemarkFormPage](), web.Of[RemarkPage]()}
}
