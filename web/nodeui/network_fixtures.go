package nodeui

import (
	"time"

	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/ui"
)

func networkFixtures() []web.Fixture {
	at := time.Date(2026, 11, 25, 2, 10, 0, 0, time.UTC)
	page := func(state string) NetworkPage {
		return NetworkPage{State: state, Badge: StandingBadge(state), Hub: "เครือข่ายคลินิกกฎหมาย", Actor: "https://hub.example/ap/network",
			Print: "8a41 0c7f 93be 22d0 5e19 7b64 f00d 1a2b 8a41 0c7f 93be 22d0 5e19 7b64 f00d 1a2b", Since: at, Manage: true}
	}
	active := page("active")
	active.Tier, active.Number, active.Taken = "full", 7, at
	active.Members = []NetworkMember{
		{Name: "ศูนย์แรงงานมหาชัย", Tier: "full", Capacity: "open", Services: ui.Labels("service_type", "doc_drafting", "dna"), Regions: ui.Labels("region", "north"), Languages: ui.Labels("language", "th")},
		{Name: "กลุ่มชุมชนชายแดน", Tier: "provisional", Suspended: true},
	}
	ended := page("ended")
	ended.Reason = "breach"
	reader := active
	reader.Manage = false
	return append(applyingFixtures(page), []web.Fixture{
		{Name: "network/network: silent for days", TitleKey: "network.title", Page: NetworkPage{State: "active", Badge: StandingBadge("active"), Hub: "เครือข่ายคลินิกกฎหมาย", Age: oldList("aging")}},
		{Name: "network/network: the list is too old", TitleKey: "network.title", Page: NetworkPage{State: "active", Badge: StandingBadge("active"), Hub: "เครือข่ายคลินิกกฎหมาย", Age: oldList("stale")}},
		{Name: "network/network: alone", TitleKey: "network.title", Page: NetworkPage{Badge: StandingBadge(""), Manage: true}},
		{Name: "network/network: invited", TitleKey: "network.title", Page: page("invited")},
		{Name: "network/network: asked", TitleKey: "network.title", Page: page("asked")},
		{Name: "network/network: active", TitleKey: "network.title", Page: active},
		{Name: "network/network: reader", TitleKey: "network.title", Page: reader},
		{Name: "network/network: suspended", TitleKey: "network.title", Page: page("inactive")},
		{Name: "network/network: left", TitleKey: "network.title", Page: page("left")},
		{Name: "network/network: ended", TitleKey: "network.title", Page: ended},
		{Name: "network/join: fresh", TitleKey: "network.join.title", Page: JoinPage{}},
		{Name: "network/join: found", TitleKey: "network.join.title", Page: JoinPage{Address: "https://hub.example", Found: true, Name: "เครือข่ายคลินิกกฎหมาย", Actor: "https://hub.example/ap/network", Print: page("").Print}},
		{Name: "network/join: no answer", TitleKey: "network.join.title", Status: 422, Page: JoinPage{Address: "https://hub.example", Errors: ui.Errors{{Field: "address", Text: ui.T("delivery.error.unreachable")}}}},
		{Name: "network/join: found, open to all", TitleKey: "network.join.title", Page: JoinPage{Address: "https://hub.example", Found: true, Door: true, Name: "เครือข่ายคลินิกกฎหมาย", Actor: "https://hub.example/ap/network", Print: page("").Print}},
	}...)
}

// oldList is a list that was last confirmed some time ago.
func oldList(stage string) ListAge {
	seen := time.Date(2026, 10, 2, 3, 0, 0, 0, time.UTC)
	return ListAge{Stage: stage, Seen: seen, Until: seen.AddDate(0, 0, 45)}
}
