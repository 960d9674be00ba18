package hubui

import "github.com/saphan-network/saphan/web"

func homeFixtures() []web.Fixture {
	return []web.Fixture{
		{Name: "home/home: nothing waits", TitleKey: "home.title", Page: HomePage{Name: "ปรีดา มั่นคง", Today: "2026-11-25"}},
	}
}
