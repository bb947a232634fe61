package main

import (
	"io"
	"os"
	"os/signal"
	"syscall"
)

// toldToEnd gives a channel on which something comes when the engine has gone or asks this process to end.
func toldToEnd() <-chan struct{} {
	ended := make(chan struct{}, 2)
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		<-asked
		ended <- struct{}{}
	}()
	if isHeldByEngine(os.Stdin) {
		go func() {
			// A killed engine cannot say goodbye, but its end of the pipe closes.
			_, _ = io.Copy(io.Discard, os.Stdin)
			ended <- struct{}{}
		}()
	}
	return ended
}

// isHeldByEngine tells a pipe from what a shell gives a background process: there stdin is at its end from the start.
func isHeldByEngine(stdin *os.File) bool {
	info, err := stdin.Stat()
	return err == nil && info.Mode()&(os.ModeNamedPipe|os.ModeSocket) != 0
}
