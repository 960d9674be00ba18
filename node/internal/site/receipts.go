package site

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/consent"
	"github.com/saphan-network/saphan/node/clinic/referral"
	"github.com/saphan-network/saphan/web/ginweb"
	"github.com/saphan-network/saphan/web/nodeui"
	"github.com/saphan-network/saphan/web/ui"
)

// ReceiptBook tells what has left.
type ReceiptBook interface {
	Issue(ctx context.Context, actor clinic.Actor, id string, again bool) error
	Show(ctx context.Context, actor clinic.Actor, id string) (referral.Issued, error)
	Find(ctx context.Context, actor clinic.Actor, code string) (referral.Receipt, error)
	Left(ctx context.Context, actor clinic.Actor, caseID string) ([]referral.View, error)
}

// ReceiptsConfig is what the pages of receipts stand on.
type ReceiptsConfig struct {
	Book           ReceiptBook
	Hand           *Handovers
	Staff          Colleagues
	NameTH, NameEN string
	Now            func() time.Time
}

// Receipts serves the papers for clients, and what went to whom.
type Receipts struct {
	app *ginweb.App
	ReceiptsConfig
}

// NewReceipts makes the pages.
func NewReceipts(app *ginweb.App, cfg ReceiptsConfig) *Receipts { return &Receipts{app, cfg} }

// Mount adds the routes.
func (h *Receipts) Mount(g gin.IRouter) {
	in := h.app.RequireUser()
	g.GET("/receipts", in, h.app.H(h.ask))
	g.POST("/receipts/find", in, h.app.H(h.find))
	g.GET("/referrals/:id/receipt", in, h.app.H(h.show))
	g.POST("/referrals/:id/receipt", in, h.app.H(h.issue))
	g.GET("/cases/:id/sent", in, h.app.H(h.sent))
}

func (h *Receipts) ask(c *gin.Context) error {
	return h.app.Show(c, http.StatusOK, "receipts.find.title", nodeui.ReceiptFindPage{})
}

func (h *Receipts) find(c *gin.Context) error {
	code := ginweb.Value(c, "code")
	r, err := h.Book.Find(c.Request.Context(), actorOf(h.app, c), code)
	if fault.Is(err, fault.NotFound) { // unknown, or not to be known of: one answer
		return h.app.Show(c, http.StatusOK, "receipts.find.title", nodeui.ReceiptFindPage{Code: code, Missing: true})
	}
	if err != nil {
		return err
	}
	if !r.Replaced.IsZero() {
		return h.app.Show(c, http.StatusOK, "receipts.find.title", nodeui.ReceiptFindPage{Code: code, Old: true})
	}
	return h.app.Redirect(c, "/referrals/"+r.Referral+"/receipt", "", nil)
}

func (h *Receipts) issue(c *gin.Context) error {
	id := c.Param("id")
	if err := h.Book.Issue(c.Request.Context(), actorOf(h.app, c), id, ginweb.Value(c, "again") != ""); err != nil {
		return err
	}
	return h.app.Redirect(c, "/referrals/"+id+"/receipt", "receipts.flash.made", nil)
}

func (h *Receipts) show(c *gin.Context) error {
	got, err := h.Book.Show(c.Request.Context(), actorOf(h.app, c), c.Param("id"))
	if err != nil {
		return err
	}
	v, r := got.View, got.View.Referral
	handed, err := h.Hand.SentFacts(c.Request.Context(), actorOf(h.app, c), r.ID)
	if err != nil {
		return err
	}
	page := nodeui.ReceiptPage{Handed: handed, ID: r.ID, Raw: got.Receipt.Code, Code: got.Receipt.Code[:4] + " " + got.Receipt.Code[4:], NameTH: h.NameTH, NameEN: h.NameEN,
		To: nameOf(v), Sent: r.OfferedAt, Issued: got.Receipt.Issued, Purpose: ui.Label("purpose", r.Form.Purpose), Leaves: linesOf(v), AnswerBy: r.AnswerBy,
		Badge: ui.Badge{Text: ui.T("receipts.state.holds"), Tone: "done"}}
	basis := releasedValue(r, "referral/consent/basis")
	if basis != "" {
		page.Ground = ui.Label("legal_basis", basis)
	}
	page.Consented = basis == consent.Explicit
	if got.Ground.Level >= consent.LevelNetwork {
		page.Valid = got.Ground.ValidUntil
	}
	if r.State.Over() {
		page.Badge = ui.Badge{Text: ui.T("receipts.state.over"), Tone: "wait"}
		page.Over, page.OverAt = stateBadge("referrals", r.State).Text, r.Changed
		if r.State == referral.StateWithdrawn && r.Reason != "" {
			page.Over = ui.Label("withdraw_reason", r.Reason)
		}
	}
	return h.app.Show(c, http.StatusOK, "receipts.title", page)
}

func (h *Receipts) sent(c *gin.Context) error {
	ctx := c.Request.Context()
	views, err := h.Book.Left(ctx, actorOf(h.app, c), c.Param("id"))
	if err != nil {
		return err
	}
	names, err := namesOf(ctx, h.Staff)
	if err != nil {
		return err
	}
	page := nodeui.SentPage{CaseID: c.Param("id"), NameTH: h.NameTH, NameEN: h.NameEN, Made: h.Now()}
	for _, v := range views {
		page.Sent = append(page.Sent, sentOf(v, names))
	}
	return h.app.Show(c, http.StatusOK, "receipts.sent.title", page)
}

func sentOf(v referral.View, names map[string]string) nodeui.SentReferral {
	r := v.Referral
	s := nodeui.SentReferral{Href: "/referrals/" + r.ID, To: nameOf(v), At: r.OfferedAt, Badge: stateBadge("referrals", r.State), Leaves: linesOf(v), Approver: names[r.Approved]}
	add := func(label string, values ...ui.Text) {
		if len(values) > 0 {
			s.Facts = append(s.Facts, ui.Fact{Label: ui.T(label), Values: values})
		}
	}
	add("receipts.why", ui.Label("purpose", r.Form.Purpose))
	if basis := releasedValue(r, "referral/consent/basis"); basis != "" {
		add("receipts.ground", ui.Label("legal_basis", basis))
	}
	if version := releasedValue(r, "referral/consent/version"); version != "" {
		add("receipts.consent", ui.Say(version))
	}
	add("receipts.policy", ui.Say(short(r.Preview.Policy)))
	add("receipts.proof", ui.Say(short("sha256:"+r.Preview.SHA256)))
	for _, e := range v.Events {
		if text := toldLater(e); text.Some() {
			s.Later = append(s.Later, nodeui.ReceiptNews{At: e.At, Text: text})
		}
	}
	return s
}

// toldLater is what an event told the other organisation, if it told it anything.
func toldLater(e referral.Event) ui.Text {
	if !e.State.Sent() || e.Detail["told"] == "no" {
		return ui.Text{}
	}
	switch referral.Move(e.What) {
	case referral.MoveWithdraw:
		if reason := e.Detail["reason"]; reason != "" {
			return ui.T("receipts.later.withdraw", "reason", ui.Label("withdraw_reason", reason))
		}
	case referral.MoveExpire:
		return ui.T("receipts.later.expire")
	case referral.MoveClose:
		return ui.T("receipts.later.close", "answer", ui.Label("client_confirmed", e.Detail["confirmed"]))
	}
	return ui.Text{}
}

// linesOf is what left, in words.
func linesOf(v referral.View) []nodeui.ReceiptLine {
	var out []nodeui.ReceiptLine
	for _, row := range bridgeOf(v).Leaving() {
		if row.Label.Key == "policy.field.referral.subject.birth_date" {
			row.Label = ui.T("receipts.field.age") // an age left; the date of birth did not, and must not seem to have
		}
		out = append(out, nodeui.ReceiptLine{Label: row.Label, Values: row.Leaves, Rule: row.Rule})
	}
	return out
}

// releasedValue is the one value of a field that left, "" where it did not.
func releasedValue(r referral.Referral, path string) string {
	for _, f := range r.Preview.Fields {
		if f.Path == path && len(f.Values) == 1 {
			return f.Values[0]
		}
	}
	return ""
}

// nameOf is the other organisation's name, or where it is when it has left the network.
func nameOf(v referral.View) string {
	if v.Target.Name != "" {
		return v.Target.Name
	}
	if u, err := url.Parse(v.Referral.Form.Target); err == nil {
		return u.Host
	}
	return ""
}

// short is the beginning of a hash, for comparing by eye.
func short(hash string) string {
	if digits := strings.TrimPrefix(hash, "sha256:"); len(digits) >= 12 {
		return digits[:4] + " " + digits[4:8] + " " + digits[8:12]
	}
	return ""
}
