using System.Text.Json;
using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>
/// A container has no more of the node than it was given: Kubernetes' Pod Security Standards, "Restricted", and a root file system that
/// nothing writes to.
/// </summary>
internal static class PrivilegedContainer
{
    private static readonly string[] HostNamespaces = ["hostNetwork", "hostPID", "hostIPC"];

    // What must not be on, by itself or as a value of a chart.
    private static readonly string[] Powers = ["privileged", "allowPrivilegeEscalation", .. HostNamespaces];

    // Kubernetes, "Using sysctls in a Kubernetes Cluster": those that are safe in every version.
    private static readonly string[] SafeSysctls =
    [
        "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range", "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes",
    ];

    public static PolicyRule Rule { get; } = new(
        "privileged-container", Severity.Error, "No container has more of its node, or of its own image, than it needs.",
        stack => Pods.In(stack).SelectMany(pods => OfPods(pods).Concat(pods.Containers.SelectMany(OfContainer))).Concat(OfCharts(stack)))
    {
        Others = "kube-score container-security-context-privileged, container-security-context-readonlyrootfilesystem, container-seccomp-profile; kube-linter privileged-container, privilege-escalation-container, no-read-only-root-fs, drop-net-raw-capability, host-network, host-pid, host-ipc, docker-sock, sensitive-host-mounts, writable-host-mount, unsafe-proc-mount, unsafe-sysctls; checkov CKV_K8S_16 to CKV_K8S_20, CKV_K8S_22, CKV_K8S_25, CKV_K8S_27 to CKV_K8S_31, CKV_K8S_37, CKV_K8S_39",
    };

    private static IEnumerable<Violation> OfPods(Pods pods)
    {
        foreach (var name in HostNamespaces.Where(name => pods.Spec.Flag(name) == true))
        {
            yield return new Violation(pods.Workload, $"{name} is true: the pods share that of the node", $"Leave {name} out.");
        }

        foreach (var name in pods.Spec.Items("securityContext.sysctls").Select(sysctl => sysctl.Text("name") ?? "").Except(SafeSysctls))
        {
            yield return new Violation(pods.Workload, $"the sysctl {name} is not one of the safe ones", "Leave it out.");
        }

        foreach (var volume in pods.Spec.Items("volumes").Where(volume => volume.At("hostPath") is not null))
        {
            yield return new Violation(
                pods.Workload, $"the volume {volume.Text("name")} is a hostPath: a folder of the node", "Use another kind of volume.");
        }
    }

    private static IEnumerable<Violation> OfContainer(Container container)
    {
        var own = container.Body.At("securityContext");
        if (own.Flag("privileged") == true)
        {
            yield return container.Violation("it is privileged", "Leave securityContext.privileged out.");
        }

        if (own.Flag("allowPrivilegeEscalation") != false)
        {
            yield return container.Violation("allowPrivilegeEscalation is not false", "Set it to false, in securityContext.");
        }

        if (own.Flag("readOnlyRootFilesystem") != true)
        {
            yield return container.Violation("readOnlyRootFilesystem is not true", "Set it, and mount an emptyDir where it has to write.");
        }

        if (!own.Texts("capabilities.drop").Contains("ALL"))
        {
            yield return container.Violation("capabilities.drop is without ALL", "Drop ALL capabilities.");
        }
        // The one that "Restricted" lets a container have, to listen below 1024.
        foreach (var capability in own.Texts("capabilities.add").Where(capability => capability != "NET_BIND_SERVICE"))
        {
            yield return container.Violation($"capabilities.add has {capability}", "Leave it out.");
        }

        if (own.Text("procMount") is not (null or "Default") and var mount)
        {
            yield return container.Violation($"procMount is {mount}: it sees what the node hides of /proc", "Leave it out.");
        }

        if (container.Security("seccompProfile.type").AsText() is not ("RuntimeDefault" or "Localhost"))
        {
            yield return container.Violation("there is no seccompProfile", "Set securityContext.seccompProfile.type to RuntimeDefault.");
        }
    }

    private static IEnumerable<Violation> OfCharts(RenderedStack stack) =>
        from value in ChartValues.Named(stack, Powers)
        where value.Node.GetValueKind() == JsonValueKind.True
        select new Violation(value.Release, $"{value.Path} is true", $"Leave it out, or set it to false.");
}

/// <summary>No container runs as root (Kubernetes' Pod Security Standards, "Restricted").</summary>
internal static class RootContainer
{
    private const string Remedy = "Set securityContext.runAsNonRoot, and runAsUser to a user of the image's other than 0.";

    public static PolicyRule Rule { get; } = new(
        "root-container", Severity.Error, "No container runs as root.", stack => OfManifests(stack).Concat(OfCharts(stack)))
    {
        Others = "kube-score container-security-context-user-group-id; kube-linter run-as-non-root; checkov CKV_K8S_23",
    };

    private static IEnumerable<Violation> OfManifests(RenderedStack stack) =>
        from container in Pods.In(stack).SelectMany(pods => pods.Containers)
        let problem = Problem(container)
        where problem is not null
        select container.Violation(problem, Remedy);

    private static string? Problem(Container container) => container switch
    {
        _ when IsZero(container.Security("runAsUser")) => "runAsUser is 0, which is root",
        _ when IsZero(container.Security("runAsGroup")) => "runAsGroup is 0, the group of root",
        _ when container.Security("runAsNonRoot")?.GetValueKind() != JsonValueKind.True =>
            "runAsNonRoot is not set, so that it runs as root where its image says so",
        _ => null,
    };

    private static IEnumerable<Violation> OfCharts(RenderedStack stack) =>
        from value in ChartValues.Named(stack, "runAsUser", "runAsNonRoot")
        where value.Name == "runAsUser" ? IsZero(value.Node) : value.Node.GetValueKind() == JsonValueKind.False
        select new Violation(value.Release, $"{value.Path} lets containers run as root: {value.Node.ToJsonString()}", Remedy);

    private static bool IsZero(JsonNode? user) => user?.ToJsonString() == "0";
}
