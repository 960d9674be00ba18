package hubui

import (
	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/ui"
)

func homeFixtures() []web.Fixture {
	return []web.Fixture{
		{Name: "home/home: nothing waits", TitleKey: "home.title", Page: HomePage{Name: "ปรีดา มั่นคง", Today: "2026-11-25"}},
		{Name: "home/home: one asks, one cannot be reached", TitleKey: "home.title", Page: HomePage{Name: "ปรีดา มั่นคง", Today: "2026-11-25", Cards: []ui.Card{
			{Title: ui.T("members.home.applied", "name", "มูลนิธิทนายเพื่อผู้ปกป้องสิทธิมนุษยชนภาคเหนือตอนบน"), Text: ui.T("members.home.applied.text"), Badge: ui.Badge{Text: ui.T("members.home.badge"), Tone: "act"}, Href: "/members"},
			{Title: ui.T("members.home.line", "name", "ศูนย์แรงงานมหาชัย"), Text: ui.T("delivery.error.unreachable"), Badge: ui.Badge{Text: ui.T("peers.state.broken"), Tone: "danger"}, Href: "/peers"},
			{Title: ui.T("members.home.active"), Text: ui.T("members.home.active.text", "n", 12), Href: "/members"}}}},
	}
}
