package main

import (
	"os"
	"slices"
	"strings"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// runtimeOptions is `runtime.options` of Pulumi.yaml, as far as a program's start depends on them.
type runtimeOptions struct {
	// Compile through ts-node. Off for programs that Node runs as they are.
	typescript bool
	// Options for Node itself, split at spaces.
	nodeArgs []string
	// Path of a tsconfig for ts-node; "" is the program's own.
	tsconfig string
}

// optionsOf reads the options; an unknown one is ignored because the official host knows more of them.
func optionsOf(info *pulumirpc.ProgramInfo) runtimeOptions {
	given := info.GetOptions().AsMap()
	typescript, isGiven := given["typescript"]
	nodeArgs, _ := given["nodeargs"].(string)
	tsconfig, _ := given["tsconfig"].(string)
	return runtimeOptions{
		typescript: !isGiven || typescript == true || typescript == "true",
		nodeArgs:   strings.Fields(nodeArgs),
		tsconfig:   tsconfig,
	}
}

// environment is that in which `@pulumi/pulumi` starts a program or plugin with these options.
func (options runtimeOptions) environment() []string {
	env := slices.DeleteFunc(os.Environ(), func(assignment string) bool {
		return strings.HasPrefix(assignment, "PULUMI_NODEJS_TYPESCRIPT=")
	})
	if options.typescript {
		env = append(env, "PULUMI_NODEJS_TYPESCRIPT=true")
	}
	if options.tsconfig != "" {
		env = append(env, "PULUMI_NODEJS_TSCONFIG_PATH="+options.tsconfig)
	}
	return env
}
