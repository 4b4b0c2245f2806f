using Pulumi.Kubernetes.Types.Inputs.Core.V1;

namespace GopherMesh.Tests.SdkContract.Packages;

internal static class Pods
{
    /// <summary>A pod with what a production Deployment has.</summary>
    public static PodSpecArgs Production => new()
    {
        AutomountServiceAccountToken = false,
        SecurityContext = new PodSecurityContextArgs { RunAsNonRoot = true, SeccompProfile = new SeccompProfileArgs { Type = "RuntimeDefault" } },
        TopologySpreadConstraints = new TopologySpreadConstraintArgs { MaxSkew = 1, TopologyKey = "zone", WhenUnsatisfiable = "ScheduleAnyway" },
        Containers = new ContainerArgs
        {
            Name = "gopher",
            Env = new EnvVarArgs { Name = "POD_NAME", ValueFrom = new EnvVarSourceArgs { FieldRef = new ObjectFieldSelectorArgs { FieldPath = "metadata.name" } } },
            Ports = new ContainerPortArgs { Name = "http", ContainerPortValue = 8080 },
            ReadinessProbe = new ProbeArgs { HttpGet = new HTTPGetActionArgs { Path = "/readyz", Port = "http" } },
            Lifecycle = new LifecycleArgs { PreStop = new LifecycleHandlerArgs { Sleep = new SleepActionArgs { Seconds = 5 } } },
            SecurityContext = new SecurityContextArgs { Capabilities = new CapabilitiesArgs { Drop = { "ALL" } } },
        },
    };
}
