package discovery_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// FuzzAsk: no address and no header of a stranger gets more than the public
// documents, or an answer of another kind.
func FuzzAsk(f *testing.F) {
	w := newWorld(f)
	f.Add("/.well-known/webfinger?resource=acct:network@x", "text/html;q=0.5", `keyId="x"`)
	f.Add("/ap/ref/one", "*/*", `keyId="`+north+`/ap/org#main-key",signature="AAAA",headers="date"`)
	f.Add("/ap/network?x", "application/activity+json;q=nan", "")
	f.Fuzz(func(t *testing.T, path, accept, signature string) {
		r := httptest.NewRequest(http.MethodGet, w.url+"/", nil)
		path, query, _ := strings.Cut(path, "?")
		r.URL.Path, r.URL.RawQuery = path, query
		r.Header["Accept"], r.Header["Signature"] = []string{accept}, []string{signature}
		rec := httptest.NewRecorder()
		w.site.ServeHTTP(rec, r)
		switch rec.Code {
		case 200:
			if strings.HasPrefix(path, "/ap/ref") || strings.HasPrefix(path, "/ap/members") {
				t.Fatalf("%q was shown to a stranger", path)
			}
		case 303, 400, 404, 405:
		default:
			t.Fatalf("%q: %d", path, rec.Code)
		}
	})
}
