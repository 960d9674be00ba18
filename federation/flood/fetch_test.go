package flood_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/flood"
)

// TestFetcherKeepsItsBounds: so many a minute in all, so many of an origin in a while,
// what was read is kept for that while, and what could not be read is not asked again.
func TestFetcherKeepsItsBounds(t *testing.T) {
	now := time.Date(2026, 11, 25, 6, 0, 0, 0, time.UTC)
	var mu sync.Mutex
	asked := map[string]int{}
	f := flood.NewFetcher(func(_ context.Context, actor string) (string, error) {
		mu.Lock()
		defer mu.Unlock()
		asked[actor]++
		if actor == "https://broken.example/ap/org" {
			return "", errors.New("not there")
		}
		return actor, nil
	}, func() time.Time { return now }, flood.FetchBounds{AtOnce: 4, EachMinute: 3, EachOrigin: 1, Span: 10 * time.Minute, Remembered: 5, Kept: true, Busy: "error.federation.too_many"})
	get := func(actor string) fault.Kind {
		got, err := f.Get(t.Context(), actor)
		if err == nil && got != actor {
			t.Errorf("%q for %q", got, actor)
		}
		if err == nil {
			return ""
		}
		return fault.KindOf(err)
	}
	for range 5 {
		if k := get("https://a.example/ap/org"); k != "" {
			t.Errorf("what was read is not kept: %s", k)
		}
	}
	if k := get("https://a.example/ap/other"); k != fault.TooMany {
		t.Errorf("a second one of an origin: %q", k)
	}
	if k := get("https://broken.example/ap/org"); k != fault.Internal {
		t.Errorf("what cannot be read: %q", k)
	}
	if k := get("https://broken.example/ap/org"); k != fault.NotFound {
		t.Errorf("what could not be read, again: %q", k)
	}
	if k := get("https://c.example/ap/org"); k != "" {
		t.Errorf("the third of a minute: %q", k)
	}
	if k := get("https://d.example/ap/org"); k != fault.TooMany {
		t.Errorf("the fourth of a minute: %q", k)
	}
	now = now.Add(time.Minute)
	for i := range 3 { // two more origins are remembered, and then no more
		want := fault.Kind("")
		if i == 2 {
			want = fault.TooMany
		}
		if k := get(fmt.Sprintf("https://e%d.example/ap/org", i)); k != want {
			t.Errorf("origin %d beyond: %q", i, k)
		}
	}
	now = now.Add(11 * time.Minute)
	if k := get("https://a.example/ap/org"); k != "" || asked["https://a.example/ap/org"] != 2 {
		t.Errorf("after a while: %q, asked %d times", k, asked["https://a.example/ap/org"])
	}
}
