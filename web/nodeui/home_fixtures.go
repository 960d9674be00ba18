package nodeui

import (
	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/ui"
)

func homeFixtures() []web.Fixture {
	return []web.Fixture{
		{Name: "home/home: nothing waits", TitleKey: "home.title", Page: HomePage{Name: "อรทัย ใจดี", Today: "2026-11-25"}},
		{Name: "home/home: the list is old", TitleKey: "home.title", Page: HomePage{Name: "อรทัย ใจดี", Today: "2026-11-25", Age: oldList("old")}},
		{Name: "home/home: the list is too old", TitleKey: "home.title", Page: HomePage{Name: "อรทัย ใจดี", Today: "2026-11-25", Age: oldList("stale")}},
		{Name: "home/home: three things wait", TitleKey: "home.title", Page: HomePage{
			Name: "อรทัย ใจดี", Today: "2026-11-25",
			Cards: []ui.Card{
				{Title: ui.T("home.sample.approve"), Text: ui.T("home.sample.approve.text"), Badge: ui.Badge{Text: ui.T("home.sample.badge.act"), Tone: "act"}, Due: ui.On("2026-11-26"), Href: "/referrals/r1"},
				{Title: ui.T("home.sample.offer"), Text: ui.T("home.sample.offer.text"), Badge: ui.Badge{Text: ui.T("home.sample.badge.wait"), Tone: "wait"}, Due: ui.On("2026-11-27"), Href: "/offers/o1"},
				{Title: ui.T("home.sample.queue"), Text: ui.T("home.sample.queue.text"), Badge: ui.Badge{Text: ui.T("home.sample.badge.info"), Tone: "info"}, Href: "/imports/i1"},
			},
		}},
	}
}
