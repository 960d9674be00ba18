package policies

import (
	"strings"
	"time"

	"github.com/saphan-network/saphan/federation"
)

// Publish is the purpose of what a hub says to everybody: a statement or an open
// event, released by a second person. Beside it role:public gets nothing but the
// answer to its own Follow.
const Publish = "publish"

// RolePublic is what a server outside of the network is to the gate: an inbox
// that follows the hub's public actor, or everybody.
const RolePublic = "public"

const rolePublic = "role:public"

// PublicPath and FollowersPath are where a hub's public actor and the collection
// that stands for all who follow it live.
const (
	PublicPath    = "/ap/public"
	FollowersPath = "/ap/public/followers"
)

// publicFields are what a public document is made of. All of it is class E: written
// to be read by everybody, and released by a second person.
func publicFields() []Field {
	public := func(path, transform string) Field {
		return Field{Path: path, Class: ClassE, Retention: "network", Release: "public", Ladder: []string{transform}}
	}
	return []Field{
		public("public/message", "permission/1"),
		public("public/name_th", "line/1"), public("public/name_en", "line/1"),
		public("public/summary_th", "line/1"), public("public/summary_en", "line/1"),
		public("public/content_th", "paragraphs/1"), public("public/content_en", "paragraphs/1"),
		public("public/start", "version/1"), public("public/end", "version/1"),
		public("public/place_th", "line/1"), public("public/place_en", "line/1"),
		public("public/link", "iri/1"),
		plain("activity/follow/id", "iri/1"), plain("activity/follow/actor", "iri/1"),
	}
}

// publicPlaces are the places of a publication. There is none for a count, a code
// or anything of a case.
func publicPlaces() map[string]place {
	m := map[string]place{
		"id": {is: "public activity id"}, "type": {is: "publication type"}, "actor": {is: "public actor"}, "to": {is: "everybody"}, "cc": {is: "followers"},
		"published": {is: "public hour"}, "object": {is: "public id"},
		"object/type": {is: "public type"}, "object/id": {is: "public id"}, "object/url": {is: "public id"}, "object/attributedTo": {is: "public actor"},
		"object/to": {is: "everybody"}, "object/cc": {is: "followers"}, "object/published": {is: "past hour"}, "object/updated": {is: "public hour"},
		"object/startTime": released("public/start"), "object/endTime": released("public/end"),
		"object/timezone": {is: "timezone"}, "object/eventStatus": {is: "event status"}, "object/location/type": {is: "location type"},
		"object/location/url": released("public/link"),
	}
	for _, w := range []struct{ place, field string }{{"object/name", "name"}, {"object/summary", "summary"}, {"object/content", "content"}, {"object/location/name", "place"}} {
		m[w.place] = released("public/" + w.field + "_th")
		m[w.place+"Map/th"] = released("public/" + w.field + "_th")
		m[w.place+"Map/en"] = released("public/" + w.field + "_en")
	}
	return m
}

// greetingPlaces are those of the Accept of a Follow.
func greetingPlaces() map[string]place {
	return map[string]place{
		"id": {is: "public activity id"}, "type": {is: "accept type"}, "actor": {is: "public actor"}, "to": released("activity/follow/actor"),
		"published": {is: "hour"}, "object/type": {is: "follow type"}, "object/id": released("activity/follow/id"),
		"object/actor": released("activity/follow/actor"), "object/object": {is: "public actor"},
	}
}

// structuralPublic is structural for what is public; known is false for a test
// that is none of these.
func (g *Gate) structuralPublic(test string, l leaf) (ok, known bool) {
	switch test {
	case "public actor":
		return l.text == g.origin+PublicPath, true
	case "followers":
		return l.text == g.origin+FollowersPath, true
	case "everybody":
		return l.text == federation.Everybody, true
	case "public activity id":
		return g.own(l.text, PublicPath+"/act/"), true
	case "public id":
		return g.own(l.text, "/public/"), true
	case "public hour":
		return g.hourSince(l.text, 15*24*time.Hour), true
	case "past hour":
		return g.hourSince(l.text, 50*365*24*time.Hour), true
	case "timezone":
		return l.text == "Asia/Bangkok", true
	case "event status":
		return l.text == "EventScheduled" || l.text == "EventCancelled", true
	}
	want, known := map[string]string{"publication type": "Create Update Delete Announce", "public type": "Article Event Tombstone",
		"location type": "Place VirtualLocation", "accept type": "Accept", "follow type": "Follow"}[test]
	return known && contains(strings.Fields(want), l.text), known
}

// hourSince accepts full hours in UTC that are past, but not longer than so.
func (g *Gate) hourSince(text string, most time.Duration) bool {
	t, err := time.Parse("2006-01-02T15:04:05Z", text)
	now := g.now()
	return err == nil && t.Equal(t.Truncate(time.Hour)) && !t.After(now.Add(time.Hour)) && t.After(now.Add(-most))
}

// foreignContext are the words of others that public documents use, as they are
// defined in them.
func foreignContext(word, text string) bool {
	return map[string]string{"eventStatus": "https://schema.org/eventStatus", "timezone": "https://schema.org/scheduleTimezone",
		"VirtualLocation": "https://schema.org/VirtualLocation"}[word] == text && text != ""
}

// PublicFacts lists what a public document tells, as it was written.
func PublicFacts(name, summary, text, place federation.Words, start, end time.Time, link string) Facts {
	f := Facts{}
	for path, value := range map[string]string{"name_th": name.TH, "name_en": name.EN, "summary_th": summary.TH, "summary_en": summary.EN,
		"content_th": text.TH, "content_en": text.EN, "place_th": place.TH, "place_en": place.EN, "link": link, "start": moment(start), "end": moment(end)} {
		if value != "" {
			f["public/"+path] = []string{value}
		}
	}
	return f
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
