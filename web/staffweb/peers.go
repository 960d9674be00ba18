package staffweb

import (
	"context"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/chassis/doctor"
	"github.com/saphan-network/saphan/node/chassis/postroom"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/web/ginweb"
	"github.com/saphan-network/saphan/web/staffui"
	"github.com/saphan-network/saphan/web/ui"
)

// Postroom shows and steers what is on its way to the other servers.
type Postroom interface {
	Lines(ctx context.Context, who clinic.Actor) ([]postroom.Line, error)
	Line(ctx context.Context, who clinic.Actor, peer string) (postroom.Line, []postroom.Item, error)
	Retry(ctx context.Context, who clinic.Actor, activity string) error
	Drop(ctx context.Context, who clinic.Actor, activity, reason string) error
	Pause(ctx context.Context, who clinic.Actor, peer, reason string) error
	Resume(ctx context.Context, who clinic.Actor, peer string) error
}

// Arrivals shows and steers what came in and could not be carried out.
type Arrivals interface {
	Asides(ctx context.Context, who clinic.Actor, peer string) ([]postroom.Aside, error)
	Again(ctx context.Context, who clinic.Actor) error
	Discard(ctx context.Context, who clinic.Actor, activity, reason string) error
}

// Desk is the whole of a postroom.
type Desk interface {
	Postroom
	Arrivals
}

// Peers serves the pages about the lines to the other servers.
type Peers struct {
	app  *ginweb.App
	desk Desk
	may  clinic.Authority
	own  func() staffui.OwnServer
	look Examiner
}

// Examiner runs the checks of the exchange with others, in a language.
type Examiner func(ctx context.Context, lang string) []doctor.Finding

// NewPeers makes the pages. own is what this server is known by, look its examination.
func NewPeers(app *ginweb.App, desk Desk, may clinic.Authority, own func() staffui.OwnServer, look Examiner) *Peers {
	return &Peers{app: app, desk: desk, may: may, own: own, look: look}
}

// Mount adds the routes.
func (p *Peers) Mount(g gin.IRouter) {
	in := g.Group("/peers", p.app.RequireUser())
	in.GET("", p.app.H(p.list))
	in.GET("/one", p.app.H(p.one))
	in.GET("/check", p.app.H(p.check))
	in.POST("/check", p.app.H(p.examine))
	type deed = func(ctx context.Context, who clinic.Actor, id, reason string) error
	plain := func(do func(ctx context.Context, who clinic.Actor, id string) error) deed {
		return func(ctx context.Context, who clinic.Actor, id, _ string) error { return do(ctx, who, id) }
	}
	for path, do := range map[string]deed{
		"retry": plain(p.desk.Retry), "drop": p.desk.Drop, "pause": p.desk.Pause, "resume": plain(p.desk.Resume), "discard": p.desk.Discard,
		"again": func(ctx context.Context, who clinic.Actor, _, _ string) error { return p.desk.Again(ctx, who) },
	} {
		in.POST("/"+path, p.app.H(p.steer(path, do)))
	}
}

func (p *Peers) actor(c *gin.Context) clinic.Actor {
	u := p.app.User(c)
	return clinic.Actor{UserID: u.ID, Roles: u.Roles, Active: u.ID != ""}
}

func (p *Peers) manages(c *gin.Context) (bool, error) {
	err := p.may.May(c.Request.Context(), p.actor(c), "manage", clinic.Object{Type: "network", Open: true, Openness: 2})
	if fault.Is(err, fault.Forbidden) || fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return err == nil, err
}

func (p *Peers) list(c *gin.Context) error {
	lines, err := p.desk.Lines(c.Request.Context(), p.actor(c))
	if err != nil {
		return err
	}
	page := staffui.PeersPage{Own: p.own()}
	if page.Manage, err = p.manages(c); err != nil {
		return err
	}
	for _, l := range lines {
		page.Lines = append(page.Lines, shownLine(l))
	}
	return p.app.Show(c, http.StatusOK, "peers.title", page)
}

func (p *Peers) one(c *gin.Context) error {
	l, items, err := p.desk.Line(c.Request.Context(), p.actor(c), c.Query("peer"))
	if err != nil {
		return err
	}
	page := staffui.PeerPage{Line: shownLine(l)}
	asides, err := p.desk.Asides(c.Request.Context(), p.actor(c), l.Peer)
	if err != nil {
		return err
	}
	for _, a := range asides {
		page.Asides = append(page.Asides, staffui.PeerAside{ID: a.ID, Type: typeText(a.Type), Came: a.Came, Next: a.Next, Attempts: a.Attempts, Why: why(a.Why)})
	}
	if page.Manage, err = p.manages(c); err != nil {
		return err
	}
	for _, it := range items {
		page.Items = append(page.Items, staffui.PeerItem{ID: it.ID, Type: typeText(it.Type), State: staffui.ItemBadge(it.State), Number: it.Sequence,
			Created: it.Created, Sent: it.Sent, Next: it.Next, Attempts: it.Attempts, Why: why(it.Why), Open: it.State == "held" || it.State == "waiting"})
	}
	return p.app.Show(c, http.StatusOK, "peers.one.title", page)
}

func shownLine(l postroom.Line) staffui.PeerLine {
	return staffui.PeerLine{Peer: l.Peer, Name: l.Name, Role: ui.T("peers.role." + l.Role), State: staffui.LineBadge(l.State), Waiting: l.Waiting, Held: l.Held,
		Oldest: l.Oldest, Next: l.Next, OK: l.OK, Heard: l.Heard, Since: l.Since, Dead: l.State == "dead", Why: why(l.Why), Missing: l.Missing, Aside: l.Aside, Paused: l.State == "paused"}
}

func why(key string) ui.Text {
	if key == "" {
		return ui.Text{}
	}
	return ui.T(key)
}

// typeText names a type of activity. What is not known stays what the sender wrote, which
// is not shown.
func typeText(name string) ui.Text {
	if !federation.Known(federation.Type(name)) {
		return ui.T("peers.type.other")
	}
	return ui.T("peers.type." + name)
}

// check is the page of the examination, before it was made.
func (p *Peers) check(c *gin.Context) error {
	if err := p.mayManage(c); err != nil {
		return err
	}
	return p.app.Show(c, http.StatusOK, "peers.check.title", staffui.PeerCheckPage{})
}

// examine makes the examination. It asks our own address and the hub, so it takes a moment.
func (p *Peers) examine(c *gin.Context) error {
	if err := p.mayManage(c); err != nil {
		return err
	}
	page := staffui.PeerCheckPage{Done: true}
	for _, f := range p.look(c.Request.Context(), p.app.Lang(c)) {
		page.Findings = append(page.Findings, staffui.PeerFinding{Title: f.Title, State: staffui.FindingBadge(string(f.State)), What: f.What})
		page.Wrong = page.Wrong || f.State != doctor.OK
	}
	return p.app.Show(c, http.StatusOK, "peers.check.title", page)
}

func (p *Peers) mayManage(c *gin.Context) error {
	ok, err := p.manages(c)
	if err == nil && !ok {
		err = fault.New(fault.Forbidden, "error.forbidden")
	}
	return err
}

func (p *Peers) steer(what string, do func(ctx context.Context, who clinic.Actor, id, reason string) error) func(c *gin.Context) error {
	return func(c *gin.Context) error {
		id := ginweb.Value(c, "item")
		if id == "" {
			id = ginweb.Value(c, "peer")
		}
		err := do(c.Request.Context(), p.actor(c), id, ginweb.Value(c, "reason"))
		if fault.Is(err, fault.Invalid) {
			return p.app.RedirectWrong(c, "/peers/one?peer="+url.QueryEscape(ginweb.Value(c, "peer")), fault.As(err).Key, nil)
		}
		if err != nil {
			return err
		}
		return p.app.Redirect(c, "/peers/one?peer="+url.QueryEscape(ginweb.Value(c, "peer")), "peers.flash."+what, nil)
	}
}
