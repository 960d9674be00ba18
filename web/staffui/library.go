package staffui

import (
	"time"

	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/ui"
)

// LibraryPage is where lessons are looked for.
type LibraryPage struct {
	Query    string
	Filters  []ui.Field // one for each facet, with how many there are
	Filtered bool       // at least one of them narrows
	Searched bool
	Rows     []LibraryRow
	Total    int
	Exact    bool
	Page     int
	More     bool // there is a next page
	MayWrite bool
	Errors   ui.Errors
}

// Template is library/list.
func (LibraryPage) Template() string { return "library/list" }

// Prev and Next are the numbers of the pages beside this one.
func (p LibraryPage) Prev() int { return p.Page - 1 }

// Next is the number of the page behind this one.
func (p LibraryPage) Next() int { return p.Page + 1 }

// LibraryRow is one lesson in a list.
type LibraryRow struct {
	Href, Title, Summary, Author  string
	At                            time.Time
	Badges                        []ui.Badge
	Codes                         []ui.Text
	Worked, Partly, Failed, Asked int
}

// Said reports whether others have said anything about it.
func (r LibraryRow) Said() bool { return r.Worked+r.Partly+r.Failed+r.Asked > 0 }

// LibraryLessonPage is one lesson.
type LibraryLessonPage struct {
	ID                     string
	Title, TitleEN         string
	Summary                string
	Author                 string
	First, Since           time.Time
	Revision               int
	Parts                  []ui.Passage
	Facts                  ui.Facts
	Laws                   []LibraryLaw
	Versions               []LibraryVersion
	Trials, Threads        []LibraryRemark
	Related                []LibraryRow
	Retracted              bool
	Reason                 ui.Text
	Review                 bool // a law that it rests on has changed
	MaySay                 bool
	Own, OnTheWay          bool // ours; ours and not passed on yet
	Worked, Partly, Failed int
}

// Template is library/lesson.
func (LibraryLessonPage) Template() string { return "library/lesson" }

// LibraryLaw is a law that a lesson rests on.
type LibraryLaw struct {
	TH, EN, Date string
	Changed      string // ISO date of a later version, "" if none is known
}

// LibraryVersion is a former version.
type LibraryVersion struct {
	Revision int
	Since    time.Time
	Title    string
	Parts    []ui.Passage
}

// LibraryRemark is what somebody says about a lesson.
type LibraryRemark struct {
	ID      string
	Author  string
	Badge   ui.Badge // of a trial
	Lines   [][]string
	At      time.Time
	Retired bool
	Own     bool
	Answers []LibraryRemark
}

func libraryPages() []web.Entry {
	return []web.Entry{web.Of[LibraryPage](), web.Of[LibraryLessonPage]()}
}

// TrialBadge is the badge of what came of a trial.
func TrialBadge(result string) ui.Badge {
	tone := map[string]string{"worked": "done", "partly": "wait", "failed": "danger"}[result]
	return ui.Badge{Text: ui.Label("trial_result", result), Tone: tone}
}
