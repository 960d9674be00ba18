package inbox

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/flood"
	"github.com/saphan-network/saphan/federation/sign"
)

// answer tells the sender what became of its request: a stranger the status, a
// peer a code and the field as well.
func answer(w http.ResponseWriter, v *visit, err error) {
	if v.internal {
		w.Header().Set("Retry-After", "60")
		problem(w, http.StatusServiceUnavailable, "", "")
		return
	}
	status := fault.KindOf(err).Status()
	if status == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", fault.As(err).Args[flood.After])
	}
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Signature realm="inbox",headers="(request-target) host date digest"`)
		if sign.IsClock(err) {
			problem(w, status, "clock_skew", "")
			return
		}
	}
	if !v.known {
		problem(w, status, "", "")
		return
	}
	problem(w, status, code(err), fault.As(err).Args["field"])
}

// code is the machine's reason in an error: a word of ours, or the last part of
// its message key.
func code(err error) string {
	f := fault.As(err)
	for _, name := range []string{"reason", "why"} {
		if s := f.Args[name]; s != "" {
			return s
		}
	}
	return f.Key[strings.LastIndexByte(f.Key, '.')+1:]
}

// problem writes a problem document (RFC 9457).
func problem(w http.ResponseWriter, status int, code, field string) {
	doc := struct {
		Type   string `json:"type"`
		Title  string `json:"title"`
		Status int    `json:"status"`
		Code   string `json:"code,omitempty"`
		Field  string `json:"field,omitempty"`
	}{"about:blank", http.StatusText(status), status, code, field}
	body, err := json.Marshal(doc)
	if err != nil {
		status, body = http.StatusInternalServerError, nil // cannot be: strings and a number
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
