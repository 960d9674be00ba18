package ginweb

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/web"
)

// H makes a gin handler of one that returns an error. The error becomes a page in
// the person's language, or application/problem+json for who asks for JSON.
func (a *App) H(f func(c *gin.Context) error) gin.HandlerFunc {
	return func(c *gin.Context) {
		if err := f(c); err != nil {
			a.fail(c, err)
		}
	}
}

// Show renders a page. Nothing has been sent when it fails.
func (a *App) Show(c *gin.Context, status int, titleKey string, p web.Page) error {
	return a.ShowIn(c, status, a.shell(c, titleKey), p)
}

// ShowIn renders a page in a given shell, for the storybook; the nonce is set here.
func (a *App) ShowIn(c *gin.Context, status int, s web.Shell, p web.Page) error {
	var out bytes.Buffer
	s.Nonce = c.GetString(nonceKey)
	if err := a.cfg.Renderer.Render(&out, s, p); err != nil {
		return err
	}
	if s.Flash != nil && !isHead(c) { // nobody has read it
		a.clearCookie(c, a.flashCookie())
	}
	c.Data(status, "text/html; charset=utf-8", out.Bytes())
	return nil
}

func (a *App) shell(c *gin.Context, titleKey string) web.Shell {
	u := a.User(c)
	s := web.Shell{
		Lang: a.Lang(c), Server: a.server, UserName: u.Name, Path: SafePath(c.Request.URL.RequestURI()),
		TitleKey: titleKey, Nonce: c.GetString(nonceKey), Demo: a.cfg.Demo, Flash: a.readFlash(c),
	}
	if c.Request.Method != http.MethodGet {
		s.Path = SafePath(c.Request.URL.Path)
	}
	if a.cfg.Org != nil {
		s.Org = a.cfg.Org(s.Lang)
	}
	if u.ID != "" && a.cfg.Nav != nil {
		s.Nav = a.cfg.Nav(c.Request.Context(), u)
		markCurrent(s.Nav, c.Request.URL.Path)
	}
	return s
}

// markCurrent marks the entry whose address is the longest prefix of the path.
func markCurrent(nav []web.NavItem, path string) {
	best, length := -1, 0
	for i, n := range nav {
		hit := n.Href == path || (n.Href != "/" && strings.HasPrefix(path, strings.TrimSuffix(n.Href, "/")+"/"))
		if hit && len(n.Href) > length {
			best, length = i, len(n.Href)
		}
	}
	if best >= 0 {
		nav[best].Current = true
	}
}

// Redirect leads to a path of this server (303) with a message to show there.
// flashKey may be empty; args must hold no personal value.
func (a *App) Redirect(c *gin.Context, to, flashKey string, args map[string]string) error {
	if flashKey != "" {
		a.setFlash(c, web.Flash{Key: flashKey, Args: args})
	}
	c.Redirect(http.StatusSeeOther, SafePath(to))
	return nil
}

// RedirectWrong is Redirect with a message that something was not done.
func (a *App) RedirectWrong(c *gin.Context, to, flashKey string, args map[string]string) error {
	a.setFlash(c, web.Flash{Key: flashKey, Args: args, Tone: "danger"})
	c.Redirect(http.StatusSeeOther, SafePath(to))
	return nil
}

// Problem is an RFC 9457 problem document.
type Problem struct {
	Type   string       `json:"type" doc:"always about:blank"`
	Title  string       `json:"title" doc:"the status in words"`
	Status int          `json:"status"`
	Kind   string       `json:"kind" doc:"what sort of failure it is; never changes its meaning"`
	Code   string       `json:"code" doc:"key of the message"`
	Detail string       `json:"detail,omitempty" doc:"the message in the reader's language"`
	Ref    string       `json:"instance,omitempty" doc:"to find a failure of ours in the log"`
	Fields []FieldFault `json:"errors,omitempty" doc:"what is wrong with which field"`
}

// FieldFault is what is wrong with one field.
type FieldFault struct {
	Name   string `json:"name"`
	Code   string `json:"code"`
	Detail string `json:"detail,omitempty"`
}

// Problem is what a program is told of an error, in the language of who asks. What
// is ours to mend is logged by its label, and can be found by the reference.
func (a *App) Problem(c *gin.Context, err error) Problem {
	e := fault.As(err)
	status := e.Kind.Status()
	say := a.cfg.Renderer.Locale().Speaker(a.Lang(c))
	title, _ := wordsOf(status)
	p := Problem{Type: "about:blank", Title: say.Say(title), Status: status, Kind: string(e.Kind), Code: e.Key, Ref: a.blame(c, status, err)}
	if e.Key != "" && !titled[e.Key] && say.Has(e.Key) {
		p.Detail = say.Say(e.Key, argList(e.Args)...)
	}
	for _, f := range e.Fields {
		x := FieldFault{Name: f.Name, Code: f.Key}
		if say.Has(f.Key) {
			x.Detail = say.Say(f.Key)
		}
		p.Fields = append(p.Fields, x)
	}
	return p
}

// blame logs what is ours to mend and returns the reference under which it stands.
func (a *App) blame(c *gin.Context, status int, err error) string {
	if status < http.StatusInternalServerError {
		return ""
	}
	ref := opaque.ID()
	a.cfg.Log.LogAttrs(c.Request.Context(), slog.LevelError, "page failed",
		slog.String("ref", ref), slog.String("route", c.FullPath()), slog.String("method", c.Request.Method), slog.String("cause", fault.Label(err)))
	return ref
}

// fail answers with an error page and logs the label of what is ours to mend.
func (a *App) fail(c *gin.Context, err error) {
	c.Abort()
	e := fault.As(err)
	status := e.Kind.Status()
	if wantsJSON(c) && !c.Writer.Written() {
		body, merr := json.Marshal(a.Problem(c, err))
		if merr != nil {
			a.cfg.Log.Error("problem document", "cause", fault.Label(merr))
		}
		c.Data(status, "application/problem+json; charset=utf-8", body)
		return
	}
	ref := a.blame(c, status, err)
	if c.Writer.Written() {
		return
	}
	say := a.cfg.Renderer.Locale().Speaker(a.Lang(c))
	title, next := wordsOf(status)
	detail := ""
	if e.Key != "" && !titled[e.Key] && say.Has(e.Key) {
		detail = say.Say(e.Key, argList(e.Args)...)
	}
	page := web.ErrorPage{Status: status, TitleKey: title, NextKey: next, Detail: detail, Ref: ref, SignedIn: a.User(c).ID != ""}
	if serr := a.Show(c, status, "error.page.title", page); serr != nil {
		a.cfg.Log.Error("error page failed", "cause", fault.Label(serr))
		c.String(http.StatusInternalServerError, "500")
	}
}

// titled are the keys that say no more than the title of their status does.
var titled = map[string]bool{"error.not_found": true, "error.internal": true, "error.forbidden": true, "error.stale": true}

// words are the title and the advice of each status that a person may meet.
var words = map[int][2]string{
	400: {"error.400.title", "error.400.next"},
	401: {"error.401.title", "error.401.next"},
	403: {"error.403.title", "error.403.next"},
	404: {"error.404.title", "error.404.next"},
	409: {"error.409.title", "error.409.next"},
	413: {"error.413.title", "error.413.next"},
	415: {"error.415.title", "error.415.next"},
	429: {"error.429.title", "error.429.next"},
	500: {"error.500.title", "error.500.next"},
	503: {"error.503.title", "error.503.next"},
}

func wordsOf(status int) (title, next string) {
	w, ok := words[status]
	if !ok {
		w = words[http.StatusInternalServerError]
	}
	return w[0], w[1]
}

func argList(m map[string]string) []any {
	var out []any
	for k, v := range m {
		out = append(out, k, v)
	}
	return out
}

// programs is the beginning of the paths that are for programs alone.
const programs = "/api/"

func wantsJSON(c *gin.Context) bool {
	if strings.HasPrefix(c.Request.URL.Path, programs) {
		return true
	}
	accept := c.GetHeader("Accept")
	return strings.Contains(accept, "json") && !strings.Contains(accept, "text/html")
}

func missing() error  { return fault.Missing() }
func unsigned() error { return fault.New(fault.Signature, "error.401.title") }

// Asset is the address of a static file by its name.
func (a *App) Asset(name string) string { return a.cfg.Renderer.Assets().URL(name) }
