package peer_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/federation/sign"
)

// TestFedifyWithRFC9421 signs and verifies in both directions with HTTP message
// signatures, if the Fedify that is installed knows them.
func TestFedifyWithRFC9421(t *testing.T) {
	origin := start(t)
	var fedify struct{ Version string }
	if err := json.Unmarshal(get(t, origin+"/control/version"), &fedify); err != nil {
		t.Fatal(err)
	}
	for _, old := range []string{"1.0.", "1.1.", "1.2.", "1.3.", "1.4.", "1.5."} {
		if strings.HasPrefix(fedify.Version, old) {
			t.Skipf("Fedify %s does not know RFC 9421, 1.6 does (and wants Node 22)", fedify.Version)
		}
	}
	s := serve(t, origin)
	a := s.activity(federation.Undo, origin)
	a.Object, a.Reason = s.url+"/ap/act/"+opaque.ID(), "expired"
	body, err := gofed.Encode(a)
	if err != nil {
		t.Fatal(err)
	}
	bad := bytes.Replace(body, []byte(`"sequence":1`), []byte(`"sequence":2`), 1)
	if status, v := s.postWith(origin, s.key.Sign9421, body, bad); status != http.StatusUnauthorized || v.Verified {
		t.Errorf("ours, changed after signing: %d %+v", status, v)
	}
	if status, v := s.postWith(origin, s.key.Sign9421, body, body); status != http.StatusAccepted || v.Owner != a.Actor || v.ID != a.ID {
		t.Errorf("ours: %d %+v", status, v)
	}
	order := map[string]any{"kind": "Read", "inbox": s.url + "/inbox", "to": s.url + "/ap/org", "object": s.url + "/ap/act/" + opaque.ID(), "spec": "rfc9421",
		"extra":     map[string]any{"sequence": 1, "digest": sign.Digest([]byte("x"))},
		"published": time.Now().UTC().Truncate(time.Hour).Format(time.RFC3339)}
	send := func(want int, scheme string) {
		t.Helper()
		var out struct {
			Status int
			Body   string
		}
		control(t, origin+"/control/send", order, &out)
		p, err := s.mail.Peer(t.Context(), origin+"/ap/org")
		if err != nil || out.Status != want || p.Scheme != scheme {
			t.Errorf("Fedify's: %d %s, learned %s, %v", out.Status, out.Body, p.Scheme, err)
		}
	}
	order["tamper"] = []string{`"sequence":1`, `"sequence":9`}
	send(http.StatusUnauthorized, mailbox.SchemeUnknown)
	delete(order, "tamper")
	send(http.StatusAccepted, mailbox.SchemeRFC9421)
	if len(s.received()) != 1 {
		t.Errorf("received %+v", s.received())
	}
}
