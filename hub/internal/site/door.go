package site

import (
	"context"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/vocabulary"
	"github.com/saphan-network/saphan/hub/network/membership"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/web/ginweb"
	"github.com/saphan-network/saphan/web/hubui"
	"github.com/saphan-network/saphan/web/ui"
)

// Door is what the pages need of applications without an invitation.
type Door interface {
	Settings(ctx context.Context, who clinic.Actor) (membership.Settings, error)
	AcceptShown(ctx context.Context, who clinic.Actor, actor, tier, fingerprint string) error
	SetDoor(ctx context.Context, who clinic.Actor, open bool) error
}

// setDoor opens the door, or shuts it.
func (m *Members) setDoor(c *gin.Context) error {
	to := ginweb.Value(c, "to")
	if to != "open" && to != "shut" {
		return fault.New(fault.Invalid, "error.400.title")
	}
	if err := m.door.SetDoor(c.Request.Context(), m.actor(c), to == "open"); err != nil {
		return err
	}
	return m.app.Redirect(c, "/members", "door.flash."+to, nil)
}

// doorway tells whether the door is open.
func (m *Members) doorway(c *gin.Context) (hubui.Doorway, error) {
	s, err := m.door.Settings(c.Request.Context(), m.actor(c))
	d := hubui.Doorway{Open: s.Door, At: s.At, MaySet: m.reg.MayInvite(c.Request.Context(), m.actor(c)) == nil}
	if s.By != "" {
		d.By = m.name(c.Request.Context(), s.By)
	}
	return d, err
}

// said is what an organisation has said of itself.
func said(one membership.Member) hubui.Said {
	s := hubui.Said{Contact: one.Said.Contact, Uninvited: one.Uninvited}
	for _, l := range strings.Split(one.Said.TH+"\n"+one.Said.EN, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			s.About = append(s.About, l)
		}
	}
	if len(s.About) > 0 {
		s.Services, s.Languages = ui.Labels("service_type", one.Services...), ui.Labels("language", one.Languages...)
		for _, code := range one.Regions {
			s.Regions = append(s.Regions, ui.Label(areaList(code), code))
		}
	}
	return s
}

// accept admits an applicant whose fingerprint was shown, and compared.
func (m *Members) accept(c *gin.Context) error {
	actor := ginweb.Value(c, "actor")
	if err := m.reg.MayInvite(c.Request.Context(), m.actor(c)); err != nil {
		return err
	}
	one, _, err := m.reg.Show(c.Request.Context(), m.actor(c), actor)
	if err != nil {
		return err
	}
	if one.Uninvited && one.Open() && ginweb.Value(c, "compared") != "yes" {
		return m.show(c, http.StatusUnprocessableEntity, actor, ui.Errors{{Field: "compared", Text: ui.T("error.membership.compare")}})
	}
	return m.do("accept", func(c *gin.Context, a string) error {
		return m.door.AcceptShown(c.Request.Context(), m.actor(c), a, ginweb.Value(c, "tier"), ginweb.Value(c, "print"))
	})(c)
}

// areaList is the vocabulary of a region's or province's code.
func areaList(code string) string {
	if vocabulary.Has("province", code) {
		return "province"
	}
	return "region"
}
