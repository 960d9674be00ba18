package web_test

import (
	"compress/gzip"
	"io"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/ui"
)

func TestAssets(t *testing.T) {
	a, err := web.NewAssets(ui.Static())
	if err != nil {
		t.Fatal(err)
	}
	get := func(path, enc string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", path, nil)
		r.Header.Set("Accept-Encoding", enc)
		w := httptest.NewRecorder()
		a.ServeHTTP(w, r)
		return w
	}
	for _, path := range []string{"/assets/app.css", "/assets/", "/assets/../web.go", "/assets/app.000000000000.css"} {
		if w := get(path, ""); w.Code != 404 {
			t.Errorf("%s: %d, want 404", path, w.Code)
		}
	}
	plain, zipped := get(a.URL("app.css"), ""), get(a.URL("app.css"), "gzip")
	if plain.Code != 200 || zipped.Header().Get("Content-Encoding") != "gzip" {
		t.Fatalf("%d, %q", plain.Code, zipped.Header().Get("Content-Encoding"))
	}
	z, err := gzip.NewReader(zipped.Body)
	if err != nil {
		t.Fatal(err)
	}
	same, err := io.ReadAll(z)
	if err != nil || string(same) != plain.Body.String() {
		t.Errorf("the packed sheet differs: %v", err)
	}
	if !strings.Contains(plain.Header().Get("Cache-Control"), "immutable") {
		t.Error("not kept for ever")
	}
	if strings.Contains(plain.Body.String(), "asset:") || !strings.Contains(plain.Body.String(), "/assets/vendor/sarabun/") {
		t.Error("references in the sheet are not resolved")
	}
	if n := zipped.Body.Len(); n > 15<<10 {
		t.Errorf("the sheet is %d bytes packed, the budget is 15 KiB", n)
	}
}
