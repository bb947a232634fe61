// As little as a program of Pulumi can be: the SDK, and no resource.
import "@pulumi/pulumi";
