package main

import (
	"fmt"
	"os/exec"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

type installCall = grpc.ServerStreamingServer[pulumirpc.InstallDependenciesResponse]

// InstallDependencies is `npm install` for `pulumi install`, its output passed on.
func (h *host) InstallDependencies(request *pulumirpc.InstallDependenciesRequest, call installCall) error {
	output := &streamOf[pulumirpc.InstallDependenciesResponse]{call: call}
	prepare := func(cmd *exec.Cmd) {
		// An older engine names the folder only there.
		cmd.Dir = firstOf(request.GetInfo().GetProgramDirectory(), request.GetDirectory())
		cmd.Stdout = output.of(func(text []byte) *pulumirpc.InstallDependenciesResponse {
			return &pulumirpc.InstallDependenciesResponse{Stdout: text}
		})
		cmd.Stderr = output.of(func(text []byte) *pulumirpc.InstallDependenciesResponse {
			return &pulumirpc.InstallDependenciesResponse{Stderr: text}
		})
	}
	if err := h.children.run(call.Context(), prepare, "npm", "install", "--loglevel=error"); err != nil {
		return fmt.Errorf("npm install failed: %w", err)
	}
	return nil
}
