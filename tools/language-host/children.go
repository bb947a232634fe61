package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// A child that does not end when asked is killed after this long.
const grace = 3 * time.Second

// children are the processes that this host starts. None outlives it, nor the call that it was started for.
type children struct {
	ended   context.Context
	endAll  context.CancelFunc
	running sync.RWMutex // Held for reading while a child runs.
}

func newChildren() *children {
	ended, endAll := context.WithCancel(context.Background())
	return &children{ended: ended, endAll: endAll}
}

// run starts a command, lets `prepare` set its folder, environment and output, and waits for its end, which the end of
// the call brings about. The error is an [exec.ExitError] or says why the command cannot be started.
func (c *children) run(call context.Context, prepare func(*exec.Cmd), command string, args ...string) error {
	c.running.RLock()
	defer c.running.RUnlock()
	call, release := context.WithCancel(call)
	defer release()
	defer context.AfterFunc(c.ended, release)()
	cmd := exec.CommandContext(call, command, args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = grace
	prepare(cmd)
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("%s cannot be started: %w", command, err)
	}
	return cmd.Wait()
}

// cancel asks every child to end; no other starts after it.
func (c *children) cancel() {
	c.endAll()
}

// end asks every child to end and waits until it has.
func (c *children) end() {
	c.endAll()
	c.running.Lock()
}

// nodeCommand is the Node of the work tree's own processes, or else the first on PATH: the engine may have been called
// without the work tree's environment.
func nodeCommand() string {
	return firstOf(os.Getenv("STRATA_NODE"), "node")
}
