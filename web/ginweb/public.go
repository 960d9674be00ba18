package ginweb

import (
	"bytes"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/locale"
)

// PublicLang is the language of a public page: the one in its address, or else the
// browser's. What somebody has chosen inside does not count, so that one address
// shows everybody the same.
func (a *App) PublicLang(c *gin.Context) string {
	if l := c.Query("lang"); l == locale.Thai || l == locale.English {
		return l
	}
	return accepted(c.GetHeader("Accept-Language"), locale.Known(a.cfg.Language))
}

// ShowPublic renders a page for everybody: without a person, without a script,
// without a cookie, and fit to be kept by caches for a minute.
func (a *App) ShowPublic(c *gin.Context, status int, s web.Shell, p web.Page) error {
	s.Public, s.Lang, s.Server, s.Demo = true, a.PublicLang(c), a.server, a.cfg.Demo
	if a.cfg.Org != nil {
		s.Org = a.cfg.Org(s.Lang)
	}
	var out bytes.Buffer
	if err := a.cfg.Renderer.Render(&out, s, p); err != nil {
		return err
	}
	h := c.Writer.Header()
	h.Del("Set-Cookie")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	a.Kept(c)
	if status >= http.StatusBadRequest {
		h.Set("Cache-Control", "no-store")
	}
	c.Data(status, "text/html; charset=utf-8", out.Bytes())
	return nil
}

// Kept says that an answer is for everybody and may be kept for a minute.
func (a *App) Kept(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("Cache-Control", "public, max-age=60")
	h.Set("Vary", "Accept, Accept-Language")
	h.Del("Set-Cookie")
}
