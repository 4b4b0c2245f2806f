using GopherMesh.Infra.Conventions;
using GopherMesh.Infra.Helm;
using Pulumi;
using Pulumi.Kubernetes.Types.Inputs.Core.V1;
using Pulumi.Kubernetes.Types.Inputs.Meta.V1;

namespace GopherMesh.Infra.Gophers;

/// <summary>The pod of a workload, as the Pod Security Standard <c>restricted</c> requires it.</summary>
internal static class GopherPod
{
    /// <summary>The user <c>app</c> of Microsoft's .NET images.</summary>
    private const int AppUser = 1654;

    /// <summary>Seconds until a stopping pod has left every proxy's list of endpoints; until then it serves on.</summary>
    private const int SecondsUntilForgotten = 5;

    /// <summary>Seconds for the pause above, the service's own drain (1 s), its longest request (12 s) and some room.</summary>
    private const int GraceSeconds = 30;

    public static PodTemplateSpecArgs Of(GopherWorkload workload) => new()
    {
        Metadata = Metadata(workload),
        Spec = new PodSpecArgs
        {
            ServiceAccountName = workload.Service,
            AutomountServiceAccountToken = false,

            // Variables about Services would depend on which of them were there when the pod started.
            EnableServiceLinks = false,
            TerminationGracePeriodSeconds = GraceSeconds,
            SecurityContext = new PodSecurityContextArgs
            {
                RunAsNonRoot = true,
                RunAsUser = AppUser,
                RunAsGroup = AppUser,
                SeccompProfile = new SeccompProfileArgs { Type = "RuntimeDefault" },
            },
            TopologySpreadConstraints = Spread.Over(workload.Selector),
            Containers = Container(workload),
        },
    };

    private static ObjectMetaArgs Metadata(GopherWorkload workload)
    {
        var reported = workload.Reports ? GopherTelemetry.Annotations() : [];
        var counted = workload.CallsOthers ? CountedVersions.Annotations() : [];
        var pastTheProxy = workload.HasAwsRole ? PodIdentity.PodAnnotations() : [];
        var annotations = reported.Concat(counted).Concat(pastTheProxy).ToDictionary();
        return annotations.Count > 0 ? new() { Labels = workload.Selector, Annotations = annotations } : new() { Labels = workload.Selector };
    }

    private static ContainerPortArgs[] Ports(GopherWorkload workload)
    {
        var http = new ContainerPortArgs { Name = Names.HttpPort, ContainerPortValue = Names.ContainerPort };
        return workload.Reports ? [http, GopherTelemetry.MetricsPort()] : [http];
    }

    private static ContainerArgs Container(GopherWorkload workload) => new()
    {
        Name = workload.Service,
        Image = workload.Image,
        ImagePullPolicy = "IfNotPresent",
        Ports = Ports(workload),
        Env = GopherEnvironment.Of(workload),

        // Measured (Release, these limits): 56 to 58 MiB resident when idle, up to 70 after 8,000 requests; with telemetry 67 and 86.
        // About 55 of them are pages of the runtime's own files. The CPU is for a quick start when a pod is replaced.
        Resources = new ResourceRequirementsArgs
        {
            Requests = new InputMap<string> { { "cpu", "50m" }, { "memory", workload.Reports ? "96Mi" : "72Mi" } },
            Limits = new InputMap<string> { { "cpu", "1" }, { "memory", "128Mi" } },
        },
        StartupProbe = GopherProbes.Startup(),
        ReadinessProbe = GopherProbes.Readiness(),
        LivenessProbe = GopherProbes.Liveness(),

        // The image has no shell that could sleep, so the kubelet does it.
        Lifecycle = new LifecycleArgs { PreStop = new LifecycleHandlerArgs { Sleep = new SleepActionArgs { Seconds = SecondsUntilForgotten } } },
        SecurityContext = new SecurityContextArgs
        {
            AllowPrivilegeEscalation = false,
            ReadOnlyRootFilesystem = true,
            Capabilities = new CapabilitiesArgs { Drop = "ALL" },
        },
    };
}

/// <summary>How the kubelet learns that a gopher has started, is ready for requests, and is alive.</summary>
internal static class GopherProbes
{
    /// <summary>Checked every second, so that a pod gets requests soon after its start; half a minute is far more than any start takes.</summary>
    public static ProbeArgs Startup() => new()
    {
        HttpGet = Get("/healthz"),
        PeriodSeconds = 1,
        TimeoutSeconds = 1,
        FailureThreshold = 30,
    };

    /// <summary>A pod leaves the Service after about four seconds of failures; a single slow answer has no effect. The probe calls no other service.</summary>
    public static ProbeArgs Readiness() => new()
    {
        HttpGet = Get("/readyz"),
        PeriodSeconds = 2,
        TimeoutSeconds = 1,
        FailureThreshold = 2,
    };

    /// <summary>The container is restarted after half a minute without an answer: a restart loses the requests under way, so it comes last.</summary>
    public static ProbeArgs Liveness() => new()
    {
        HttpGet = Get("/healthz"),
        PeriodSeconds = 10,
        TimeoutSeconds = 2,
        FailureThreshold = 3,
    };

    private static HTTPGetActionArgs Get(string path) => new() { Path = path, Port = Names.HttpPort };
}
