package app_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/saphan-network/saphan/hub/network/membership"
	"github.com/saphan-network/saphan/node/clinic"
)

// onTrial writes a provisional member into the register, proposed by somebody
// else than the secretary of the tables.
func (d *desk) onTrial(t *testing.T, proposed bool) string {
	t.Helper()
	actor := d.member(t, "active")
	m, err := d.Get(t.Context(), actor)
	m = must(t, m, err)
	m.Tier, m.Until = "provisional", time.Now().Add(-time.Hour)
	if err := d.Put(t.Context(), &m); err != nil {
		t.Fatal(err)
	}
	if proposed {
		other := clinic.Actor{UserID: d.ids["gone"], Roles: []string{"secretary"}, Active: true}
		if err := d.Membership.Propose(t.Context(), other, actor, membership.MakeFull, ""); err != nil {
			t.Fatal(err)
		}
	}
	return actor
}

// A trial that is over stands on the home page until two people have decided;
// who has proposed gets no button to confirm, and no way round it.
func TestTheEndOfATrialIsDecidedByTwo(t *testing.T) {
	d := newDesk(t)
	link, err := d.Accounts.Add(t.Context(), "system", "dao", "คุณdao", []string{"secretary"})
	must(t, link, err)
	u, err := d.Accounts.Find(t.Context(), "dao")
	d.ids["dao"] = must(t, u, err).ID
	d.again(t)
	actor := d.onTrial(t, false)
	one := "/members/one?actor=" + url.QueryEscape(actor)
	shows := func(who, path, what string, want bool) {
		t.Helper()
		if got := strings.Contains(d.ask(t, who, "GET", path, nil, nil).Body.String(), what); got != want {
			t.Errorf("%s on %s for %s: %t", what, path, who, got)
		}
	}
	shows("sri", "/", "ครบกำหนดทดลองแล้ว", true)
	shows("or", "/", "ครบกำหนดทดลองแล้ว", true) // an auditor reads, and can do nothing
	shows("chai", "/", "คลินิกลับ", false)
	shows("sri", one, "/members/propose", true)
	if a := d.ask(t, "sri", "POST", "/members/propose", form("actor", actor, "act", "full"), nil); a.Code != 303 {
		t.Fatalf("proposed: %d", a.Code)
	}
	shows("sri", one, "/members/confirm", false)
	shows("sri", "/", "รอเพื่อนร่วมงาน", true)
	if a := d.ask(t, "sri", "POST", "/members/confirm", form("actor", actor, "act", "full"), nil); a.Code != 409 {
		t.Errorf("who has proposed confirms: %d", a.Code)
	}
	shows("dao", one, "/members/confirm", true)
	shows("dao", "/", "คุณยืนยันได้", true)
	if a := d.ask(t, "dao", "POST", "/members/confirm", form("actor", actor, "act", "full"), nil); a.Code != 303 {
		t.Fatalf("confirmed: %d", a.Code)
	}
	m, err := d.Get(t.Context(), actor)
	if got := must(t, m, err); got.Tier != "full" || got.State != membership.Active || !got.Until.IsZero() {
		t.Fatalf("%+v", got)
	}
	shows("dao", "/", "ครบกำหนดทดลองแล้ว", false)
	shows("dao", one, "/members/propose", false)
}
