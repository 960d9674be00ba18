// Package staffweb serves the pages that both servers have for their own people:
// sign-in, first password, account, people, the disclosure ledger, licences.
package staffweb

import (
	"context"
	"errors"
	"io"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/chassis/account"
	"github.com/saphan-network/saphan/node/chassis/audit"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/web/ginweb"
)

// Door lets people in and out.
type Door interface {
	SignIn(ctx context.Context, login, password, remote string) (token string, u account.User, err error)
	SignOut(ctx context.Context, token string) error
	Link(ctx context.Context, linkToken string) (account.User, error)
	Redeem(ctx context.Context, linkToken, password string) (account.User, error)
	Begin(ctx context.Context, userID string) (token string, err error)
}

// Self is what people do with their own account.
type Self interface {
	User(ctx context.Context, id string) (account.User, error)
	ChangePassword(ctx context.Context, id, old, new string) error
	SetLanguage(ctx context.Context, id, lang string) error
	EndSessions(ctx context.Context, userID string) error
}

// People is what administrators do with the accounts of others.
type People interface {
	List(ctx context.Context) ([]account.User, error)
	User(ctx context.Context, id string) (account.User, error)
	Add(ctx context.Context, by, login, name string, roles []string) (linkToken string, err error)
	SetRoles(ctx context.Context, by, id string, roles []string) error
	Disable(ctx context.Context, by, id string) error
	Enable(ctx context.Context, by, id string) (linkToken string, err error)
	ResetLink(ctx context.Context, by, id string) (linkToken string, err error)
}

// Ledger is the audit trail, for reading, copying, and comparing with a copy.
type Ledger interface {
	VerifyNew(ctx context.Context) (n int, err error)
	Verify(ctx context.Context) (n int, err error)
	Acts(ctx context.Context) ([]string, error)
	List(ctx context.Context, f audit.Filter) ([]audit.Entry, error)
	Record(ctx context.Context, actor clinic.Actor, act string, obj clinic.Object, outcome string, detail map[string]string) error
	Export(ctx context.Context, w io.Writer, server string) (lines int64, err error)
	Compare(ctx context.Context, r io.Reader) (audit.Copy, error)
}

// Config is what the pages stand on; every field but API is needed.
type Config struct {
	App     *ginweb.App
	Door    Door
	Self    Self
	People  People
	Ledger  Ledger
	May     clinic.Authority // user: manage; ledger: read
	Roles   []string         // that may be given on this server, in the order to show
	BaseURL string           // in front of one-time links
	API     API              // for programs; may be left out
}

// Pages serves them.
type Pages struct{ cfg Config }

// New checks the configuration.
func New(cfg Config) (*Pages, error) {
	if cfg.App == nil || cfg.Door == nil || cfg.Self == nil || cfg.People == nil || cfg.Ledger == nil || cfg.May == nil || len(cfg.Roles) == 0 {
		return nil, errors.New("staffweb: every field of Config is needed")
	}
	return &Pages{cfg: cfg}, nil
}

// Mount adds the routes to an engine in which the App is installed.
func (p *Pages) Mount(g gin.IRouter) {
	h := p.cfg.App.H
	g.GET("/login", h(p.showLogin))
	g.POST("/login", h(p.login))
	g.POST("/logout", h(p.logout))
	g.GET("/welcome/:token", h(p.showWelcome))
	g.POST("/welcome/:token", h(p.welcome))
	g.GET("/licences", h(p.licences))

	in := g.Group("/", p.cfg.App.RequireUser())
	in.GET("/account", h(p.showAccount))
	in.POST("/account/language", h(p.language))
	in.POST("/account/password", h(p.password))
	in.POST("/account/end", h(p.end))
	in.GET("/people", h(p.manages(p.people)))
	in.POST("/people", h(p.manages(p.addPerson)))
	in.GET("/people/new", h(p.manages(p.newPerson)))
	in.GET("/people/:id", h(p.manages(p.person)))
	in.POST("/people/:id/roles", h(p.manages(p.setRoles)))
	in.POST("/people/:id/disable", h(p.manages(p.disable)))
	in.POST("/people/:id/enable", h(p.manages(p.enable)))
	in.POST("/people/:id/link", h(p.manages(p.resetLink)))
	in.GET("/ledger", h(p.may("read", "ledger", p.ledger)))
	in.GET("/ledger/copies", h(p.may("read", "ledger", p.copies)))
	in.POST("/ledger/export", h(p.may("read", "ledger", p.exportLedger)))
	in.POST(comparePath, h(p.may("read", "ledger", p.compareLedger)))
	p.limitCopies()
	p.mountTokens(in)
}

func (p *Pages) manages(f func(*gin.Context) error) func(*gin.Context) error {
	return p.may("manage", "user", f)
}

// may asks the staff policy before a handler; a no is the policy's own answer.
func (p *Pages) may(act, object string, f func(*gin.Context) error) func(*gin.Context) error {
	return func(c *gin.Context) error {
		u := p.cfg.App.User(c)
		actor := clinic.Actor{UserID: u.ID, Roles: u.Roles, Active: true}
		if err := p.cfg.May.May(c.Request.Context(), actor, act, clinic.Object{Type: object}); err != nil {
			return err
		}
		return f(c)
	}
}

// Sessions lets a ginweb.App find, end and translate sessions of the account service.
type Sessions struct {
	Accounts interface {
		Session(ctx context.Context, token string) (account.User, error)
		SignOut(ctx context.Context, token string) error
		SetLanguage(ctx context.Context, id, lang string) error
	}
}

// Session implements ginweb.Sessions.
func (s Sessions) Session(ctx context.Context, token string) (ginweb.User, error) {
	u, err := s.Accounts.Session(ctx, token)
	if err != nil {
		return ginweb.User{}, err
	}
	return ginweb.User{ID: u.ID, Name: u.Name, Roles: u.Roles, Lang: u.Lang}, nil
}

// End implements ginweb.Ender.
func (s Sessions) End(ctx context.Context, token string) error { return s.Accounts.SignOut(ctx, token) }

// SetLang implements ginweb.LangSetter.
func (s Sessions) SetLang(c *gin.Context, u ginweb.User, lang string) error {
	return s.Accounts.SetLanguage(c.Request.Context(), u.ID, lang)
}

// formStatus is the status of a form that comes back: that of the fault, but 422
// for input that cannot be accepted.
func formStatus(err error) int {
	if k := fault.KindOf(err); k != fault.Invalid {
		return k.Status()
	}
	return 422
}

// shown reports whether an error belongs beside the form rather than on an error page.
func shown(err error) bool {
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Signature, fault.TooMany, fault.Conflict:
		return true
	}
	return false
}
