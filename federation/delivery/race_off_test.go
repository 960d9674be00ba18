//go:build !race

package delivery

const racing = false
