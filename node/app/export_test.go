package app

import "github.com/gin-gonic/gin"

// Routes lists every route of the pages, for the test that asks all of them.
func (a *App) Routes() (gin.RoutesInfo, error) {
	h, err := a.pages()
	if err != nil {
		return nil, err
	}
	return h.(*gin.Engine).Routes(), nil
}
