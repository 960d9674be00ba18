package ginweb

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/locale"
)

const (
	userKey  = "saphan.user"
	tokenKey = "saphan.token"
	nonceKey = "saphan.nonce"
)

// cookieName is "__Host-NAME" over https, and has the port in it on plain http,
// because cookies of one host are shared by all its ports.
func (a *App) cookieName(name string) string {
	if a.secure {
		return "__Host-" + name
	}
	return name + "-" + a.port
}

func (a *App) sessionCookie() string { return a.cookieName("saphan") }
func (a *App) flashCookie() string   { return a.cookieName("saphan-flash") }
func (a *App) langCookie() string    { return a.cookieName("saphan-lang") }

func (a *App) setCookie(c *gin.Context, name, value string, maxAge int) {
	http.SetCookie(c.Writer, &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: maxAge,
		HttpOnly: true, Secure: a.secure, SameSite: http.SameSiteLaxMode,
	})
}

func (a *App) clearCookie(c *gin.Context, name string) { a.setCookie(c, name, "", -1) }

// SignIn hands the browser a session token. It lasts until the browser closes or
// the session ends on the server.
func (a *App) SignIn(c *gin.Context, token string) { a.setCookie(c, a.sessionCookie(), token, 0) }

// SignOut takes the session token away from the browser.
func (a *App) SignOut(c *gin.Context) { a.clearCookie(c, a.sessionCookie()) }

// Token is the session token of the request, "" without a session.
func (a *App) Token(c *gin.Context) string { return c.GetString(tokenKey) }

// session finds who is signed in.
func (a *App) session(c *gin.Context) {
	if strings.HasPrefix(c.Request.URL.Path, web.AssetPrefix) {
		return
	}
	cookie, err := c.Request.Cookie(a.sessionCookie())
	if err != nil || cookie.Value == "" {
		return
	}
	u, err := a.cfg.Sessions.Session(c.Request.Context(), cookie.Value)
	switch fault.KindOf(err) {
	case "":
		c.Set(userKey, u)
		c.Set(tokenKey, cookie.Value)
		c.Header("Cache-Control", "no-store")
	case fault.Internal, fault.Unavailable:
		a.fail(c, err)
	default:
		a.clearCookie(c, a.sessionCookie())
	}
}

const flashSeconds = 60

// setFlash keeps a message for the next page: a key and codes, never free text.
// The reader checks the key against the message files, so that a cookie planted
// by somebody else can at worst show one of our own sentences.
func (a *App) setFlash(c *gin.Context, f web.Flash) {
	raw, err := json.Marshal(f)
	if err != nil {
		return // a map of strings always marshals
	}
	a.setCookie(c, a.flashCookie(), base64.RawURLEncoding.EncodeToString(raw), flashSeconds)
}

const maxFlash = 1024

func (a *App) readFlash(c *gin.Context) *web.Flash {
	cookie, err := c.Request.Cookie(a.flashCookie())
	if err != nil || len(cookie.Value) > maxFlash {
		return nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	if err != nil {
		return nil
	}
	var f web.Flash
	if json.Unmarshal(raw, &f) != nil || !a.cfg.Renderer.Locale().Speaker(locale.Thai).Has(f.Key) {
		return nil
	}
	if f.Tone != "danger" {
		f.Tone = "done"
	}
	return &f
}

// Lang is the language of the response: the person's setting, else the cookie,
// else what the browser prefers, else the server's.
func (a *App) Lang(c *gin.Context) string {
	if u := a.User(c); u.Lang == locale.Thai || u.Lang == locale.English {
		return u.Lang
	}
	if cookie, err := c.Request.Cookie(a.langCookie()); err == nil {
		return locale.Known(cookie.Value)
	}
	return accepted(c.GetHeader("Accept-Language"), locale.Known(a.cfg.Language))
}

// accepted picks the first of our languages that an Accept-Language header names,
// or otherwise.
func accepted(header, otherwise string) string {
	best, weight := otherwise, -1.0
	for _, part := range strings.Split(header, ",") {
		tag, q := strings.TrimSpace(part), 1.0
		if name, rest, ok := strings.Cut(tag, ";"); ok {
			tag = strings.TrimSpace(name)
			v, err := strconv.ParseFloat(strings.TrimPrefix(strings.TrimSpace(rest), "q="), 64)
			if err != nil {
				continue
			}
			q = v
		}
		lang, _, _ := strings.Cut(strings.ToLower(tag), "-")
		if (lang == locale.Thai || lang == locale.English) && q > weight && q > 0 {
			best, weight = lang, q
		}
	}
	return best
}

// LangSetter keeps the language in a person's account; Sessions may implement it.
type LangSetter interface {
	SetLang(c *gin.Context, u User, lang string) error
}

// setLang changes the language for this browser, and for the account of who is
// signed in when the sessions can keep it.
func (a *App) setLang(c *gin.Context) error {
	lang := locale.Known(c.PostForm("lang"))
	a.setCookie(c, a.langCookie(), lang, 365*24*60*60)
	if u := a.User(c); u.ID != "" {
		if k, ok := a.cfg.Sessions.(LangSetter); ok {
			if err := k.SetLang(c, u, lang); err != nil {
				return err
			}
		}
	}
	return a.Redirect(c, c.PostForm("to"), "", nil)
}
