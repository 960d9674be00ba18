package ginweb

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"
)

type headKey struct{}

// head answers a HEAD request as the GET of the same address is answered, by the
// same middleware and handler, without the body. So it tells exactly as much, and
// what reading a page writes into the ledger is written for it too.
func head(e *gin.Engine) gin.HandlerFunc {
	return func(c *gin.Context) {
		if isHead(c) { // the second time round
			c.Writer = bodiless{c.Writer}
			return
		}
		if c.Request.Method != http.MethodHead || c.FullPath() != "" {
			return
		}
		c.Request = c.Request.WithContext(context.WithValue(c.Request.Context(), headKey{}, true)) // a copy: the server looks at its own
		c.Request.Method = http.MethodGet
		c.Status(http.StatusOK) // not the 404 that gin begins with here
		e.HandleContext(c)
		c.Abort()
	}
}

func isHead(c *gin.Context) bool { return c.Request.Context().Value(headKey{}) != nil }

// bodiless sends the head of a response and drops the rest.
type bodiless struct{ gin.ResponseWriter }

// Write drops what a handler writes.
func (b bodiless) Write(p []byte) (int, error) {
	b.WriteHeaderNow()
	return len(p), nil
}

// WriteString drops what a handler writes.
func (b bodiless) WriteString(s string) (int, error) {
	b.WriteHeaderNow()
	return len(s), nil
}
