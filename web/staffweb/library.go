package staffweb

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/library"
	"github.com/saphan-network/saphan/web/ginweb"
	"github.com/saphan-network/saphan/web/staffui"
	"github.com/saphan-network/saphan/web/ui"
)

// Books is the library, for reading.
type Books interface {
	Search(ctx context.Context, who clinic.Actor, q library.Query) (library.Result, error)
	Show(ctx context.Context, who clinic.Actor, id string) (library.View, error)
}

// Library serves the pages of the library, the same on hub and node.
type Library struct {
	app   *ginweb.App
	books Books
	may   clinic.Authority
	names func(ctx context.Context) (map[string]string, error) // of organisations, by their IRIs
}

// NewLibrary makes the pages.
func NewLibrary(app *ginweb.App, books Books, may clinic.Authority, names func(ctx context.Context) (map[string]string, error)) *Library {
	return &Library{app: app, books: books, may: may, names: names}
}

// Mount adds the routes. What somebody looks for is in no address.
func (l *Library) Mount(g gin.IRouter) {
	in := g.Group("/library", l.app.RequireUser())
	in.GET("", l.app.H(l.list))
	in.POST("/find", l.app.H(l.list))
	in.GET("/:id", l.app.H(l.one))
}

func (l *Library) actor(c *gin.Context) clinic.Actor {
	u := l.app.User(c)
	return clinic.Actor{UserID: u.ID, Roles: u.Roles, Active: u.ID != ""}
}

// facetNames are the facets in the order in which people choose, with the vocabulary
// of each.
var facetNames = [...]struct{ name, list string }{{"issue", "issue"}, {"status", "status_family"}, {"office", "officeType"}, {"region", "region"}, {"evidence", "evidence_level"},
	{"author", ""}}

func (l *Library) list(c *gin.Context) error {
	get := func(name string) string { return ginweb.Value(c, name) }
	q := library.Query{Words: get("q"), Size: 20,
		Facets: library.Facets{Issue: get("issue"), Status: get("status"), Office: get("office"), Region: get("region"), Evidence: get("evidence"), Author: get("author")}}
	if n, err := strconv.Atoi(get("page")); err == nil {
		q.Page = n
	}
	who := l.actor(c)
	r, err := l.books.Search(c.Request.Context(), who, q)
	if err != nil {
		return err
	}
	names, err := l.names(c.Request.Context())
	if err != nil {
		return err
	}
	page := staffui.LibraryPage{Query: q.Words, Total: r.Total, Exact: r.Exact, Page: r.Page, More: r.Page*r.Size < r.Total && len(r.Lessons) > 0}
	page.MayWrite = l.may.May(c.Request.Context(), who, "list", clinic.Object{Type: "lesson", Open: true, Openness: 2}) == nil
	for _, f := range facetNames {
		chosen := get(f.name)
		page.Filtered = page.Filtered || chosen != ""
		page.Filters = append(page.Filters, ui.Field{Type: "select", Name: f.name, Label: ui.T("library.filter." + f.name), Required: true, Value: chosen, // without a word that one may leave it as it is
			Options: l.choices(f.list, chosen, r.Counts[f.name], names)})
	}
	page.Searched = page.Filtered || strings.TrimSpace(q.Words) != "" || r.Page > 1
	for _, one := range r.Lessons {
		page.Rows = append(page.Rows, LibraryRow(one, names))
	}
	return l.app.Show(c, http.StatusOK, "library.title", page)
}

// choices are the codes of a facet that would find something, the most first, and what
// is chosen.
func (l *Library) choices(list, chosen string, counts map[string]int, names map[string]string) []ui.Option {
	codes := make([]string, 0, len(counts)+1)
	for code := range counts {
		codes = append(codes, code)
	}
	if chosen != "" && counts[chosen] == 0 {
		codes = append(codes, chosen)
	}
	slices.SortFunc(codes, func(a, b string) int {
		if n := counts[b] - counts[a]; n != 0 {
			return n
		}
		return cmp.Compare(a, b)
	})
	out := []ui.Option{{Value: "", Label: ui.T("library.filter.any"), Selected: chosen == ""}}
	for _, code := range codes {
		label := ui.Label(list, code)
		if list == "" {
			label = ui.Say(nameOf(code, names))
		}
		out = append(out, ui.Option{Value: code, Label: ui.T("library.option", "label", label, "n", counts[code]), Selected: code == chosen})
	}
	return out
}

// nameOf is an organisation's name, or its address where nobody knows it any more.
func nameOf(actor string, names map[string]string) string {
	if n := names[actor]; n != "" {
		return n
	}
	rest := strings.TrimPrefix(strings.TrimPrefix(actor, "https://"), "http://")
	host, _, _ := strings.Cut(rest, "/")
	return host
}

// LibraryRow is one lesson as it stands in a list; names are those of organisations.
func LibraryRow(l library.Lesson, names map[string]string) staffui.LibraryRow {
	r := staffui.LibraryRow{Href: "/library/" + l.ID, Title: l.Text.Title.TH, Summary: l.Text.Summary.TH, Author: nameOf(l.Author, names), At: l.Since,
		Worked: l.Worked, Partly: l.Partly, Failed: l.Failed, Asked: l.Questions}
	for _, f := range []struct{ list, code string }{{"issue", l.Text.Issue}, {"status_family", l.Text.Status}, {"officeType", l.Text.Office}, {"region", l.Text.Region}} {
		if f.code != "" {
			r.Codes = append(r.Codes, ui.Label(f.list, f.code))
		}
	}
	if l.State == library.Review {
		r.Badges = append(r.Badges, ui.Badge{Tone: "wait", Text: ui.T("library.review")})
	}
	if l.Own {
		r.Badges = append(r.Badges, ui.Badge{Tone: "info", Icon: "home", Text: ui.T("library.own.badge")})
	}
	return r
}

func (l *Library) one(c *gin.Context) error {
	v, err := l.books.Show(c.Request.Context(), l.actor(c), c.Param("id"))
	if err != nil {
		return err
	}
	names, err := l.names(c.Request.Context())
	if err != nil {
		return err
	}
	page := staffui.LibraryLessonPage{ID: v.ID, Title: v.Text.Title.TH, TitleEN: v.Text.Title.EN, Summary: v.Text.Summary.TH, Author: nameOf(v.Author, names), First: v.First,
		Since: v.Since, Revision: v.Revision, Parts: LessonParts(v.Text), Review: v.State == library.Review, MaySay: v.MaySay, Own: v.Own,
		OnTheWay: v.Own && v.PassedOn.IsZero(), Worked: v.Worked, Partly: v.Partly, Failed: v.Failed, Facts: lessonFacts(v.Text)}
	if v.State == library.Retracted {
		page.Retracted = true
		if v.Reason != "" {
			page.Reason = ui.Label("retraction_reason", v.Reason)
		}
		return l.app.Show(c, http.StatusGone, "library.retracted", page)
	}
	for _, law := range v.Text.Laws {
		page.Laws = append(page.Laws, staffui.LibraryLaw{TH: law.Name.TH, EN: law.Name.EN, Date: law.Date, Changed: changed(law, v.Changed)})
	}
	for _, old := range v.Versions {
		page.Versions = append(page.Versions, staffui.LibraryVersion{Revision: old.Revision, Since: old.Since, Title: old.Text.Title.TH, Parts: LessonParts(old.Text)})
	}
	page.Trials, page.Threads = threads(v.Remarks, v.IRI, names)
	for _, one := range v.Related {
		page.Related = append(page.Related, LibraryRow(one, names))
	}
	return l.app.Show(c, http.StatusOK, "library.kicker", page)
}

func changed(l library.Law, all []library.Law) string {
	for _, one := range all {
		if one.Name.TH == l.Name.TH && one.Date > l.Date {
			return one.Date
		}
	}
	return ""
}

// LessonParts are the parts of a lesson that say anything, in the order of reading.
func LessonParts(t library.Text) []ui.Passage {
	var out []ui.Passage
	for _, p := range []struct {
		key string
		of  library.Words
	}{{"library.part.problem", t.Problem}, {"library.part.tried", t.Tried}, {"library.part.worked", t.Worked}, {"library.part.failed", t.Failed}, {"library.part.limits", t.Limits}} {
		if p.of.TH != "" {
			out = append(out, ui.Passage{Title: ui.T(p.key), TH: paragraphs(p.of.TH), EN: paragraphs(p.of.EN)})
		}
	}
	return out
}

// paragraphs are the lines of each paragraph of plain text.
func paragraphs(text string) [][]string {
	var out [][]string
	for _, part := range strings.Split(text, "\n\n") {
		if strings.TrimSpace(part) != "" {
			out = append(out, strings.Split(strings.TrimSpace(part), "\n"))
		}
	}
	return out
}

func lessonFacts(t library.Text) ui.Facts {
	var out ui.Facts
	for _, f := range []struct{ key, list, code string }{{"library.filter.issue", "issue", t.Issue}, {"library.filter.status", "status_family", t.Status},
		{"library.filter.office", "officeType", t.Office}, {"library.filter.region", "region", t.Region}, {"library.filter.evidence", "evidence_level", t.Evidence}} {
		if f.code != "" {
			out = append(out, ui.Fact{Label: ui.T(f.key), Values: []ui.Text{ui.Label(f.list, f.code)}})
		}
	}
	return out
}

// threads parts trials from questions, and puts answers below what they answer.
func threads(all []library.Remark, lesson string, names map[string]string) (trials, questions []staffui.LibraryRemark) {
	at := map[string]int{}
	for _, r := range all {
		one := staffui.LibraryRemark{ID: r.ID, Author: nameOf(r.Author, names), Lines: paragraphs(r.Text.TH), At: r.At, Retired: r.Retired, Own: r.Own}
		switch {
		case r.Kind == library.Trial:
			if r.Result != "" {
				one.Badge = staffui.TrialBadge(r.Result)
			}
			trials = append(trials, one)
		case r.About == lesson:
			at[r.IRI] = len(questions)
			questions = append(questions, one)
		default:
			i, known := at[r.About]
			if !known { // the answer to a trial, or to what never came
				at[r.IRI] = len(questions)
				questions = append(questions, one)
				continue
			}
			at[r.IRI] = i
			questions[i].Answers = append(questions[i].Answers, one)
		}
	}
	return trials, questions
}
