// Package ginweb joins the typed pages with gin: handlers that return errors,
// the session, the language, flash messages, and the security headers of every
// response. It is the one place outside of a server's site package that knows gin.
package ginweb

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/web"
)

// Sessions finds whose a session token is. Any fault.Error means that nobody is
// signed in, except Unavailable and Internal, which are shown as such.
type Sessions interface {
	Session(ctx context.Context, token string) (User, error)
}

// User is the person signed in.
type User struct {
	ID, Name string
	Roles    []string
	Lang     string // "" follows the browser
}

// Has reports whether the user has a role.
func (u User) Has(role string) bool {
	for _, r := range u.Roles {
		if r == role {
			return true
		}
	}
	return false
}

// Config is what an App stands on. Renderer, Sessions and BaseURL are needed.
type Config struct {
	Renderer   *web.Renderer
	Sessions   Sessions
	BaseURL    string                                          // as people's browsers see it: "https://clinic.example", "http://127.0.0.1:8081"
	Org        func(lang string) string                        // the organisation's name
	Nav        func(ctx context.Context, u User) []web.NavItem // of a signed-in person; Current is set by the App
	Log        *slog.Logger
	Now        func() time.Time
	Demo       bool
	Language   string // for who has not chosen and whose browser speaks neither; "th" when empty
	MaxBody    int64  // bytes of a request; 1 MiB when 0; BodyLimit raises it for one route
	NeutralURL string // where the quick exit leads; a weather site when empty
}

// App makes gin serve pages. It is safe for concurrent use.
type App struct {
	cfg    Config
	server string
	secure bool   // https: __Host- cookies
	port   string // names the cookies of several servers on one loopback host
	origin *http.CrossOriginProtection
	raised map[string]int64 // body limits by route
}

const defaultMaxBody = 1 << 20

// New checks the configuration and returns an App.
func New(cfg Config) (*App, error) {
	if cfg.Renderer == nil || cfg.Sessions == nil {
		return nil, errors.New("ginweb: Renderer and Sessions are needed")
	}
	base, err := url.Parse(cfg.BaseURL)
	if err != nil || base.Host == "" || (base.Scheme != "http" && base.Scheme != "https") {
		return nil, errors.New("ginweb: BaseURL must be an http or https address")
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.MaxBody == 0 {
		cfg.MaxBody = defaultMaxBody
	}
	if cfg.NeutralURL == "" {
		cfg.NeutralURL = "https://www.tmd.go.th/"
	}
	_, port, err := net.SplitHostPort(base.Host)
	if err != nil {
		port = "80"
	}
	return &App{
		cfg: cfg, server: cfg.Renderer.UI().Server,
		secure: base.Scheme == "https", port: port,
		origin: http.NewCrossOriginProtection(),
		raised: map[string]int64{},
	}, nil
}

// Install puts the App's middleware, the static files, the change of language and
// the answers to unknown paths and to HEAD into an engine. Call it before any route is added.
func (a *App) Install(e *gin.Engine) {
	e.Use(head(e), a.recovered, a.headers, a.guard, a.session)
	assets := gin.WrapH(a.cfg.Renderer.Assets())
	e.GET(web.AssetPrefix+"*name", assets)
	e.HEAD(web.AssetPrefix+"*name", assets)
	e.POST("/lang", a.H(a.setLang))
	e.POST("/exit", a.H(a.quickExit))
	e.HandleMethodNotAllowed = false
	e.NoRoute(a.H(func(*gin.Context) error { return missing() }))
}

// BodyLimit allows larger bodies (in bytes) on one route, written as in gin
// ("/imports"). Call it while routes are added, not later.
func (a *App) BodyLimit(route string, bytes int64) { a.raised[route] = bytes }

// RequireUser lets only signed-in people through: a page leads to the sign-in, and
// back afterwards; anything else is answered 401.
func (a *App) RequireUser() gin.HandlerFunc {
	return func(c *gin.Context) {
		if a.User(c).ID != "" {
			c.Next()
			return
		}
		if c.Request.Method == http.MethodGet && !wantsJSON(c) {
			to := "/login"
			if back := c.Request.URL.RequestURI(); back != "/" {
				to += "?to=" + url.QueryEscape(back)
			}
			c.Redirect(http.StatusSeeOther, to)
			c.Abort()
			return
		}
		a.fail(c, unsigned())
	}
}

// RequireRole lets only people with one of the roles through; to others the page
// does not exist.
func (a *App) RequireRole(roles ...string) gin.HandlerFunc {
	return func(c *gin.Context) {
		for _, r := range roles {
			if a.User(c).Has(r) {
				c.Next()
				return
			}
		}
		a.fail(c, missing())
	}
}

// User is the person signed in; its ID is empty when there is none.
func (a *App) User(c *gin.Context) User {
	if v, ok := c.Get(userKey); ok {
		if u, ok := v.(User); ok {
			return u
		}
	}
	return User{}
}

// SafePath returns a path of this server to go to, "/" for anything else: no
// scheme, no host, no backslash, no control character.
func SafePath(to string) string {
	if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n\t") {
		return "/"
	}
	u, err := url.Parse(to)
	if err != nil || u.Host != "" || u.Scheme != "" {
		return "/"
	}
	return to
}
