package doctor_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation/delivery"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/chassis/doctor"
)

const base = "https://north.example"

// answers is what stands at each address of a made-up world.
type answers map[string]delivery.Answer

func world(now time.Time) (answers, func(a answers, taken time.Time) doctor.Reach) {
	a := answers{
		base + "/ap/org": {Status: 200, Body: []byte(`{"id":"` + base + `/ap/org","publicKey":{"publicKeyPem":"KEY\n"}}`)},
		base + "/.well-known/webfinger?resource=acct%3Aorg%40north.example": {Status: 200, Body: []byte(`{"links":[{"href":"` + base + `/ap/org"}]}`)},
		base + "/.well-known/nodeinfo":                                      {Status: 200, Body: []byte(`{"links":[{"href":"` + base + `/nodeinfo/2.1"}]}`)},
		"https://hub.example/ap/members":                                    {Status: 200, Date: now},
	}
	return a, func(a answers, taken time.Time) doctor.Reach {
		return doctor.Reach{Base: base, Self: base + "/ap/org", Username: "org", Key: func() string { return "KEY" }, Now: func() time.Time { return now },
			Ask: func(_ context.Context, address, _ string) (delivery.Answer, error) {
				got, ok := a[address]
				if !ok {
					return got, fault.New(fault.Unavailable, "delivery.error.unreachable")
				}
				return got, nil
			},
			Members: func(context.Context) (string, time.Time, error) { return "https://hub.example/ap/members", taken, nil }}
	}
}

func TestReach(t *testing.T) {
	now := time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name, check string
		spoil       func(a answers)
		taken       time.Time
		state       doctor.State
		says        string
	}{
		{"another server answers", "address", func(a answers) {
			a[base+"/ap/org"] = delivery.Answer{Status: 200, Body: []byte(`{"id":"https://old.example/ap/org"}`)}
		}, now, doctor.Failed, "Another server answers"},
		{"a page answers", "address", func(a answers) { a[base+"/ap/org"] = delivery.Answer{Status: 200, Body: []byte("<html>")} }, now, doctor.Failed, "Another server answers"},
		{"another key", "address", func(a answers) {
			a[base+"/ap/org"] = delivery.Answer{Status: 200, Body: []byte(`{"id":"` + base + `/ap/org","publicKey":{"publicKeyPem":"OTHER"}}`)}
		}, now, doctor.Failed, "not this server's"},
		{"behind a router", "address", func(a answers) { delete(a, base+"/ap/org") }, now, doctor.Warning, "from another network"},
		{"the proxy keeps well-known", "names", func(a answers) { a[base+"/.well-known/nodeinfo"] = delivery.Answer{Status: 404} }, now, doctor.Failed, "/.well-known/nodeinfo does not arrive"},
		{"webfinger of another", "names", func(a answers) {
			a[base+"/.well-known/webfinger?resource=acct%3Aorg%40north.example"] = delivery.Answer{Status: 200, Body: []byte(`{}`)}
		}, now, doctor.Failed, "/.well-known/webfinger does not arrive"},
		{"the hub is away", "signature", func(a answers) { delete(a, "https://hub.example/ap/members") }, now, doctor.Failed, "cannot be reached now"},
		{"the hub does not know us", "signature", func(a answers) { a["https://hub.example/ap/members"] = delivery.Answer{Status: 404, Date: now} }, now, doctor.Failed, "compare the fingerprints"},
		{"the clock is off", "signature", func(a answers) {
			a["https://hub.example/ap/members"] = delivery.Answer{Status: 401, Date: now.Add(-2 * time.Hour)}
		}, now, doctor.Failed, "by 120 minutes"},
		{"the clock is a little off", "signature", func(a answers) {
			a["https://hub.example/ap/members"] = delivery.Answer{Status: 200, Date: now.Add(45 * time.Second)}
		}, now, doctor.Warning, "by 45 seconds"},
		{"an old list", "list", func(answers) {}, now.AddDate(0, 0, -20), doctor.Warning, "for 20 days"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, reach := world(now)
			c.spoil(a)
			found, _ := doctor.Examine(t.Context(), reach(a, c.taken).Checks(), "en")
			for _, f := range found {
				switch {
				case f.Name != c.check && f.State != doctor.OK && !(c.check == "address" && f.Name == "names"):
					t.Errorf("also %s: %s %s", f.Name, f.State, f.What)
				case f.Name == c.check && (f.State != c.state || !strings.Contains(f.What, c.says)):
					t.Errorf("%s: %s %q", f.Name, f.State, f.What)
				}
			}
		})
	}
	a, reach := world(now)
	if found, healthy := doctor.Examine(t.Context(), reach(a, now).Checks(), "th"); !healthy || len(found) != 4 {
		t.Errorf("all is well: %+v", found)
	}
	alone := reach(a, time.Time{})
	alone.Members = func(context.Context) (string, time.Time, error) { return "", time.Time{}, nil }
	delete(a, "https://hub.example/ap/members")
	if found, healthy := doctor.Examine(t.Context(), alone.Checks(), "en"); !healthy {
		t.Errorf("in no network: %+v", found)
	}
}
