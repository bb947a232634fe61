package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"syscall"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// `@pulumi/pulumi` exits with this code when it has already shown the user what went wrong.
const errorAlreadyShown = 32

// Run runs the user's program to its end. Its output is ours: the engine shows what we write.
func (h *host) Run(ctx context.Context, request *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	folder := firstOf(request.GetInfo().GetProgramDirectory(), request.GetPwd())
	options := optionsOf(request.GetInfo())
	runner, err := findSdkModule("run", folder)
	if err != nil {
		return nil, err
	}
	config, err := configuration(request)
	if err != nil {
		return nil, err
	}
	prepare := func(cmd *exec.Cmd) {
		cmd.Dir = folder
		cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
		cmd.Env = append(options.environment(), config...)
	}
	args := append(options.nodeArgs, runner)
	args = append(args, h.programArguments(request)...)
	return runResponse(h.children.run(ctx, prepare, nodeCommand(), args...))
}

func (h *host) programArguments(request *pulumirpc.RunRequest) []string {
	var args []string
	add := func(flag, value string) {
		if value != "" {
			args = append(args, flag, value)
		}
	}
	add("--monitor", request.GetMonitorAddress())
	add("--engine", h.engineAddress.Load().(string))
	add("--organization", request.GetOrganization())
	add("--project", request.GetProject())
	add("--root-directory", request.GetInfo().GetRootDirectory())
	add("--stack", request.GetStack())
	add("--pwd", request.GetPwd())
	if request.GetParallel() != 0 {
		add("--parallel", strconv.Itoa(int(request.GetParallel())))
	}
	if request.GetDryRun() {
		args = append(args, "--dry-run")
	}
	// An older engine names the program only there.
	args = append(args, firstOf(request.GetInfo().GetEntryPoint(), request.GetProgram(), "."))
	return append(args, request.GetArgs()...)
}

// configuration is the stack's, as variables of the environment: where `@pulumi/pulumi` reads it.
func configuration(request *pulumirpc.RunRequest) ([]string, error) {
	// An empty one must not become `null`.
	values := request.GetConfig()
	if values == nil {
		values = map[string]string{}
	}
	config, err := json.Marshal(values)
	if err != nil {
		return nil, err
	}
	secretKeys, err := json.Marshal(append([]string{}, request.GetConfigSecretKeys()...))
	if err != nil {
		return nil, err
	}
	return []string{"PULUMI_CONFIG=" + string(config), "PULUMI_CONFIG_SECRET_KEYS=" + string(secretKeys)}, nil
}

// runResponse says how a program has ended.
func runResponse(err error) (*pulumirpc.RunResponse, error) {
	var exit *exec.ExitError
	if err == nil || !errors.As(err, &exit) {
		return &pulumirpc.RunResponse{}, err
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		signal := status.Signal()
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("the program was ended by signal %d (%s)", signal, signal)}, nil
	}
	if exit.ExitCode() == errorAlreadyShown {
		return &pulumirpc.RunResponse{Bail: true}, nil
	}
	return &pulumirpc.RunResponse{
		Error: fmt.Sprintf("the program exited with code %d; its output is above", exit.ExitCode()),
	}, nil
}

// firstOf gives the first text that is not empty.
func firstOf(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
