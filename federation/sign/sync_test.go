package sign_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/saphan-network/saphan/federation/sign"
)

// What a sender says of its collection is signed in both ways, and read in its one
// form only (FEP-8fcf).
func TestSyncHeader(t *testing.T) {
	said := sign.Sync{Collection: actor + "/members", URL: actor + "/members", Digest: strings.Repeat("0a", 32), Version: "12"}
	for name, by := range map[string]func(r *http.Request) error{
		"cavage":  func(r *http.Request) error { return northKey(t).Sign(r, []byte("{}"), now) },
		"rfc9421": func(r *http.Request) error { return northKey(t).Sign9421(r, []byte("{}"), now) },
	} {
		r := request(http.MethodPost, "/inbox", []byte("{}"))
		r.Header.Set(sign.SyncHeader, said.String())
		if err := by(r); err != nil {
			t.Fatal(err)
		}
		if _, _, err := verifier(t).Verify(r, []byte("{}")); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got, ok := sign.Synced(r.Header); !ok || got != said {
			t.Errorf("%s: %+v, %v", name, got, ok)
		}
		for what, bad := range map[string]string{
			"nothing":            "",
			"a part alone":       `collectionId="` + actor + `"`,
			"a part twice":       said.String() + `, digest="` + said.Digest + `"`,
			"a part more":        said.String() + `, x="y"`,
			"no quotes":          strings.ReplaceAll(said.String(), `"`, ``),
			"no address":         strings.Replace(said.String(), actor, "north", 1),
			"a short digest":     strings.Replace(said.String(), "0a0a", "0a", 1),
			"capitals":           strings.Replace(said.String(), "0a0a", "0A0A", 1),
			"a version of words": strings.Replace(said.String(), `"12"`, `"new"`, 1),
			"endless":            said.String() + strings.Repeat(" ", 5000),
		} {
			r.Header.Set(sign.SyncHeader, bad)
			if got, ok := sign.Synced(r.Header); ok {
				t.Errorf("%s, %s: %+v", name, what, got)
			}
		}
		plain := request(http.MethodPost, "/inbox", []byte("{}"))
		if err := by(plain); err != nil {
			t.Fatal(err)
		}
		plain.Header.Set(sign.SyncHeader, said.String())
		if _, ok := sign.Synced(plain.Header); ok {
			t.Errorf("%s: read without being signed", name)
		}
	}
}
