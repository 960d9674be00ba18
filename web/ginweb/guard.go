package ginweb

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/web"
)

// Ender ends a session; Sessions may implement it, then the quick exit ends the
// session on the server too.
type Ender interface {
	End(ctx context.Context, token string) error
}

// recovered turns a panic into the 500 page. The log gets no more of
// it than fault.Panic keeps.
func (a *App) recovered(c *gin.Context) {
	defer func() {
		if v := recover(); v != nil {
			if v == http.ErrAbortHandler {
				panic(v)
			}
			a.fail(c, fault.Caught(v))
		}
	}()
	c.Next()
}

// headers sets what every response carries. The style, script and image sources
// are this server only; scripts need the response's nonce; only htmx, behind its
// nonce guard, may write to the document.
func (a *App) headers(c *gin.Context) {
	var raw [18]byte
	if _, err := rand.Read(raw[:]); err != nil {
		a.fail(c, err)
		return
	}
	nonce := base64.RawURLEncoding.EncodeToString(raw[:])
	c.Set(nonceKey, nonce)
	csp := "default-src 'none'; script-src 'nonce-" + nonce + "'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
		"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'; manifest-src 'self'; " +
		"worker-src 'self'; require-trusted-types-for 'script'; trusted-types htmx"
	h := c.Writer.Header()
	if a.secure {
		csp += "; upgrade-insecure-requests"
		h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
	}
	h.Set("Content-Security-Policy", csp)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()")
	if !strings.HasPrefix(c.Request.URL.Path, web.AssetPrefix) {
		h.Set("Cache-Control", "no-store")
	}
	c.Next()
}

// guard refuses requests from other websites and bounds the size of bodies.
func (a *App) guard(c *gin.Context) {
	if err := a.origin.Check(c.Request); err != nil {
		a.fail(c, fault.Wrap(fault.Forbidden, "error.cross_origin", err))
		return
	}
	limit := a.cfg.MaxBody
	if n, ok := a.raised[c.FullPath()]; ok {
		limit = n
	}
	if c.Request.ContentLength > limit {
		a.fail(c, fault.New(fault.TooLarge, "error.too_large"))
		return
	}
	if c.Request.Body != nil {
		c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, limit)
	}
	if err := a.form(c); err != nil {
		a.fail(c, err)
		return
	}
	if err := written(c.Request); err != nil {
		a.fail(c, err)
		return
	}
	c.Next()
}

// written refuses what is no text: bytes that are not UTF-8, and the sign NUL.
// Nobody types them, and PostgreSQL takes neither. An address with them leads to nothing.
func written(r *http.Request) error {
	if !isText(r.URL.Path) {
		return missing()
	}
	for _, values := range []url.Values{r.URL.Query(), r.PostForm} {
		for name, list := range values {
			for _, s := range append(list, name) {
				if !isText(s) {
					return fault.New(fault.Invalid, "error.400.title")
				}
			}
		}
	}
	return nil
}

func isText(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

// form reads the form of a POST before any handler does: gin's own readers say
// nothing when a form breaks off or is garbled, and a handler would take what is
// left for all that was sent. Files are read by the routes that take them.
func (a *App) form(c *gin.Context) error {
	if c.Request.Method != http.MethodPost {
		return nil
	}
	switch c.ContentType() {
	case "application/x-www-form-urlencoded":
		err := c.Request.ParseForm()
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return fault.Wrap(fault.TooLarge, "error.too_large", err)
		}
		if err != nil {
			return fault.New(fault.Invalid, "error.400.title") // without its cause, which quotes what was typed
		}
	case "multipart/form-data":
		if _, takes := a.raised[c.FullPath()]; !takes {
			return fault.New(fault.MediaType, "error.415.title")
		}
	}
	return nil
}

// quickExit ends the session, asks the browser to forget what it kept of this
// server, and leads to a neutral website.
func (a *App) quickExit(c *gin.Context) error {
	if e, ok := a.cfg.Sessions.(Ender); ok && a.Token(c) != "" {
		if err := e.End(c.Request.Context(), a.Token(c)); err != nil {
			return err
		}
	}
	a.SignOut(c)
	a.clearCookie(c, a.flashCookie())
	c.Header("Clear-Site-Data", `"cache", "storage"`)
	// Not a redirect: browsers hold redirects of a form against form-action.
	c.Header("Refresh", "0; url="+a.cfg.NeutralURL)
	c.Data(http.StatusOK, "text/html; charset=utf-8", []byte(`<!doctype html><html lang="th"><title>…</title></html>`))
	return nil
}

// Value is what a form says under a name that it must say once. What came
// several times is no code, number or date any more, so that no two readers of
// one form can go by different values.
func Value(c *gin.Context, name string) string { return strings.Join(c.PostFormArray(name), ",") }
