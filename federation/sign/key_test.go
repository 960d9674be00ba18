package sign_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/saphan-network/saphan/federation/sign"
)

func TestKeys(t *testing.T) {
	if _, err := sign.ParseKey(keyID, fixture(t, "short")); err == nil {
		t.Error("an RSA key of 1024 bits was taken")
	}
	for _, bad := range []string{"", "x", strings.Replace(fixture(t, "north"), "PRIVATE", "PUBLIC", 2), fixture(t, "north") + fixture(t, "north")} {
		if _, err := sign.ParseKey(keyID, bad); err == nil {
			t.Errorf("%.40q was taken for a key", bad)
		}
	}
	if _, err := sign.ParseKey("north", fixture(t, "north")); err == nil {
		t.Error("a key id that is no identifier was taken")
	}
	k := northKey(t)
	if out := fmt.Sprintf("%v %+v %#v %s", k, k, k, k); strings.Contains(out, "PRIVATE") || strings.Contains(out, "pair") {
		t.Errorf("a key prints its secret: %.80s", out)
	}
	if _, err := sign.ParsePublic(keyID, actor, k.PrivatePEM()); err == nil {
		t.Error("a private key was taken for a public one")
	}
	p, err := sign.ParsePublic(keyID, actor, k.PublicPEM())
	if err != nil || p.ID != keyID || p.Owner != actor {
		t.Errorf("%+v %v", p, err)
	}
	again, err := sign.ParseKey(keyID, k.PrivatePEM())
	if err != nil || again.PublicPEM() != k.PublicPEM() {
		t.Errorf("a key does not survive being written: %v", err)
	}
	fresh, err := sign.NewKey(keyID)
	if err != nil || fresh.PublicPEM() == k.PublicPEM() {
		t.Errorf("NewKey: %v", err)
	}
}
