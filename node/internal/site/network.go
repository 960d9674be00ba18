package site

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/vocabulary"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/directory"
	"github.com/saphan-network/saphan/web/ginweb"
	"github.com/saphan-network/saphan/web/nodeui"
	"github.com/saphan-network/saphan/web/ui"
)

// NetworkService is what the page needs of this node's own membership.
type NetworkService interface {
	Standing(ctx context.Context, who clinic.Actor) (directory.Standing, error)
	Members(ctx context.Context) ([]directory.Entry, directory.Version, error)
	Look(ctx context.Context, who clinic.Actor, hub string) (directory.Card, error)
	JoinShown(ctx context.Context, who clinic.Actor, hub, fingerprint string) error
	Leave(ctx context.Context, who clinic.Actor) error
	Age(ctx context.Context) (directory.Age, error)
}

// Network serves the pages about the network.
type Network struct {
	app     *ginweb.App
	service NetworkService
	apply   ApplyService
	may     clinic.Authority
}

// NewNetwork makes the pages.
func NewNetwork(app *ginweb.App, service NetworkService, apply ApplyService, may clinic.Authority) *Network {
	return &Network{app: app, service: service, apply: apply, may: may}
}

// Mount adds the routes.
func (n *Network) Mount(g gin.IRouter) {
	in := g.Group("/network", n.app.RequireUser())
	in.GET("", n.app.H(n.show))
	in.GET("/join", n.app.H(n.ask))
	in.POST("/join", n.app.H(n.look))
	in.POST("/join/confirm", n.app.H(n.join))
	in.POST("/leave", n.app.H(n.leave))
	n.mountApply(in)
}

func (n *Network) actor(c *gin.Context) clinic.Actor {
	u := n.app.User(c)
	return clinic.Actor{UserID: u.ID, Roles: u.Roles, Active: u.ID != ""}
}

func (n *Network) show(c *gin.Context) error {
	ctx, who := c.Request.Context(), n.actor(c)
	st, err := n.service.Standing(ctx, who)
	if err != nil {
		return err
	}
	members, v, err := n.service.Members(ctx)
	if err != nil {
		return err
	}
	page := nodeui.NetworkPage{State: st.State, Badge: nodeui.StandingBadge(st.State), Hub: st.Hub.Name, Actor: st.Hub.Actor, Print: st.Hub.Fingerprint(),
		Tier: st.Tier, Reason: st.Reason, Since: st.Since, Number: v.Number, Taken: v.Taken}
	if st.Declined() {
		page.Badge = nodeui.StandingBadge("declined")
	}
	age, err := n.service.Age(ctx)
	if err != nil {
		return err
	}
	page.Age = nodeui.ListAge(age)
	err = n.may.May(ctx, who, "manage", clinic.Object{Type: "network", Open: true, Openness: 2})
	if err != nil && !fault.Is(err, fault.Forbidden) && !fault.Is(err, fault.NotFound) {
		return err
	}
	page.Manage = err == nil
	if page.Apply, err = n.applying(c, st, page.Manage); err != nil {
		return err
	}
	for _, m := range members {
		page.Members = append(page.Members, nodeui.NetworkMember{Name: m.Name, Tier: m.Tier, Capacity: m.Capacity, Suspended: m.State != "active",
			Services: ui.Labels("service_type", m.Services...), Regions: areas(m.Regions), Languages: ui.Labels("language", m.Languages...)})
	}
	return n.app.Show(c, http.StatusOK, "network.title", page)
}

// areas labels region and province codes.
func areas(codes []string) []ui.Text {
	var out []ui.Text
	for _, c := range codes {
		list := "region"
		if vocabulary.Has("province", c) {
			list = "province"
		}
		out = append(out, ui.Label(list, c))
	}
	return out
}

func (n *Network) ask(c *gin.Context) error {
	if err := n.may.May(c.Request.Context(), n.actor(c), "manage", clinic.Object{Type: "network", Open: true, Openness: 2}); err != nil {
		return err
	}
	return n.app.Show(c, http.StatusOK, "network.join.title", nodeui.JoinPage{})
}

// hubAddress turns what people type, an address of a hub, into its actor.
func hubAddress(typed string) string {
	typed = strings.TrimSpace(typed)
	if typed != "" && !strings.Contains(typed, "://") {
		typed = "https://" + typed
	}
	if u, err := url.Parse(typed); err == nil && strings.Trim(u.Path, "/") == "" {
		return strings.TrimSuffix(typed, "/") + "/ap/network"
	}
	return typed
}

func (n *Network) look(c *gin.Context) error {
	page := nodeui.JoinPage{Address: c.PostForm("address")}
	card, err := n.service.Look(c.Request.Context(), n.actor(c), hubAddress(page.Address))
	if err != nil {
		f := fault.As(err)
		if f.Kind == fault.Forbidden || f.Kind == fault.NotFound || f.Kind == fault.Internal {
			return err
		}
		page.Errors = ui.Errors{{Field: "address", Text: ui.T(f.Key)}}
		return n.app.Show(c, http.StatusUnprocessableEntity, "network.join.title", page)
	}
	page.Found, page.Name, page.Actor, page.Print, page.Door = true, card.Name, card.Actor, card.Fingerprint(), card.Door != ""
	return n.app.Show(c, http.StatusOK, "network.join.title", page)
}

func (n *Network) join(c *gin.Context) error {
	if err := n.service.JoinShown(c.Request.Context(), n.actor(c), c.PostForm("actor"), c.PostForm("print")); err != nil {
		return err
	}
	return n.app.Redirect(c, "/network", "network.flash.join", nil)
}

func (n *Network) leave(c *gin.Context) error {
	if err := n.service.Leave(c.Request.Context(), n.actor(c)); err != nil {
		return err
	}
	return n.app.Redirect(c, "/network", "network.flash.leave", nil)
}
