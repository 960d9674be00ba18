package staffweb

import (
	"context"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/federation/fault"
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
	Drop(ctx context.Context, who clinic.Actor, activity string) error
	Pause(ctx context.Context, who clinic.Actor, peer string) error
	Resume(ctx context.Context, who clinic.Actor, peer string) error
}

// Peers serves the pages about the lines to the other servers.
type Peers struct {
	app  *ginweb.App
	desk Postroom
	may  clinic.Authority
	own  func() staffui.OwnServer
}

// NewPeers makes the pages. own is what this server is known by.
func NewPeers(app *ginweb.App, desk Postroom, may clinic.Authority, own func() staffui.OwnServer) *Peers {
	return &Peers{app: app, desk: desk, may: may, own: own}
}

// Mount adds the routes.
func (p *Peers) Mount(g gin.IRouter) {
	in := g.Group("/peers", p.app.RequireUser())
	in.GET("", p.app.H(p.list))
	in.GET("/one", p.app.H(p.one))
	for path, do := range map[string]func(ctx context.Context, who clinic.Actor, id string) error{
		"retry": p.desk.Retry, "drop": p.desk.Drop, "pause": p.desk.Pause, "resume": p.desk.Resume,
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
	if page.Manage, err = p.manages(c); err != nil {
		return err
	}
	for _, it := range items {
		page.Items = append(page.Items, staffui.PeerItem{ID: it.ID, Type: ui.T("peers.type." + it.Type), State: staffui.ItemBadge(it.State), Number: it.Sequence,
			Created: it.Created, Sent: it.Sent, Next: it.Next, Attempts: it.Attempts, Why: why(it.Why), Open: it.State == "held" || it.State == "waiting"})
	}
	return p.app.Show(c, http.StatusOK, "peers.one.title", page)
}

func shownLine(l postroom.Line) staffui.PeerLine {
	return staffui.PeerLine{Peer: l.Peer, Name: l.Name, Role: ui.T("peers.role." + l.Role), State: staffui.LineBadge(l.State), Waiting: l.Waiting, Held: l.Held,
		Oldest: l.Oldest, Next: l.Next, OK: l.OK, Heard: l.Heard, Why: why(l.Why), Missing: l.Missing, Paused: l.State == "paused"}
}

func why(key string) ui.Text {
	if key == "" {
		return ui.Text{}
	}
	return ui.T(key)
}

func (p *Peers) steer(what string, do func(ctx context.Context, who clinic.Actor, id string) error) func(c *gin.Context) error {
	return func(c *gin.Context) error {
		id := ginweb.Value(c, "item")
		if id == "" {
			id = ginweb.Value(c, "peer")
		}
		if err := do(c.Request.Context(), p.actor(c), id); err != nil {
			return err
		}
		return p.app.Redirect(c, "/peers/one?peer="+url.QueryEscape(ginweb.Value(c, "peer")), "peers.flash."+what, nil)
	}
}
