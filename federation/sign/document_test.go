package sign_test

import (
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/saphan-network/saphan/federation/sign"
)

const document = "../../FEDERATION.md"

var example = regexp.MustCompile("(?s)<!-- signed example -->\n```http\n(.*?)\n```")

// TestDocument makes the signed request that FEDERATION.md shows, and verifies
// what is shown. With SAPHAN_UPDATE set it writes it.
func TestDocument(t *testing.T) {
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	body := []byte(`{"type":"Read"}`)
	r := signed9421(t, http.MethodPost, body, now)
	lines := []string{"POST /inbox HTTP/1.1", "Host: " + host, "Content-Type: application/activity+json"}
	for _, name := range []string{"Content-Digest", "Signature-Input", "Signature"} {
		lines = append(lines, name+": "+r.Header.Get(name))
	}
	want := strings.Join(append(lines, "", string(body)), "\n")
	if os.Getenv("SAPHAN_UPDATE") != "" {
		text = example.ReplaceAllLiteral(text, []byte("<!-- signed example -->\n```http\n"+want+"\n```"))
		if err := os.WriteFile(document, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	shown := example.FindSubmatch(text)
	if shown == nil || string(shown[1]) != want {
		t.Errorf("%s does not show what is sent:\n%s", document, want)
	}
	if !strings.Contains(string(text), sign.AcceptHeader+": "+sign.Wanted) {
		t.Errorf("%s does not show what we ask for", document)
	}
}
