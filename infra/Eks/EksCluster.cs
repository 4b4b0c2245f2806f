using GopherMesh.Infra.Eks.Identity;
using GopherMesh.Infra.Eks.Network;
using GopherMesh.Infra.Eks.Nodes;
using Pulumi;

namespace GopherMesh.Infra.Eks;

/// <summary>An EKS cluster in Auto Mode, with all AWS resources that it needs.</summary>
internal sealed class EksCluster : ComponentResource
{
    public EksCluster(string name, EksPlan plan, Pulumi.Aws.Provider aws)
        : base("gopher-mesh:eks:Cluster", name, new ComponentResourceOptions { Provider = aws })
    {
        var network = new ClusterNetwork(name, plan, new() { Parent = this });
        SecretsKey = Eks.SecretsKey.Declare(name, plan, this);
        var logs = ControlPlaneLogs.Declare(name, plan, this);
        var role = ClusterRoles.ForControlPlane($"{name}-cluster", plan.Settings, SecretsKey.Arn, new() { Parent = this });
        var nodeRole = ClusterRoles.ForNodes($"{name}-nodes", plan.Settings, new() { Parent = this });

        var cluster = ControlPlane.Declare(name, plan, network, SecretsKey, logs, role, nodeRole, new() { Parent = this, Provider = aws });
        Kubeconfig = Output.CreateSecret(cluster.KubeconfigJson.Apply(kubeconfig => KubeconfigCredentials.Set(kubeconfig, plan.Settings.Credentials)));
        Provider = new Pulumi.Kubernetes.Provider(
            name,
            new()
            {
                KubeConfig = Kubeconfig,
                // Known before the cluster exists. Without it an unknown kubeconfig at preview would replace the provider and all its resources.
                ClusterIdentifier = $"eks/{plan.Settings.Region}/{plan.Name}",
                // In place: replaced, the switch of network policies would be absent for a moment.
                EnableConfigMapMutable = true,
            },
            new() { Parent = this, DependsOn = [cluster] });
        var logSwitch = ControlPlaneLogs.SwitchOffBeforeTheEndOf(cluster, name, plan, this);
        Nodes = new ClusterNodes(
            name, plan, network, nodeRole, cluster.ClusterSecurityGroupId,
            new() { Parent = this, Providers = [Provider], DependsOn = [cluster, logSwitch], Protect = plan.Protect });
        if (plan.Settings.MetricsServer)
        {
            // In the version that EKS chooses for the cluster's version. It waits for its pods, and so for a node.
            _ = new Pulumi.Aws.Eks.Addon(
                $"{name}-metrics-server",
                new() { ClusterName = plan.Name, AddonName = "metrics-server", ResolveConflictsOnCreate = "OVERWRITE", ResolveConflictsOnUpdate = "OVERWRITE" },
                new() { Parent = this, Provider = aws, DependsOn = [Nodes] });
        }

        RegisterOutputs();
    }

    /// <summary>The provider for what is declared in the cluster.</summary>
    public Pulumi.Kubernetes.Provider Provider { get; }

    /// <summary>The kubeconfig; it holds no credential, and gets its tokens from the aws command line tool.</summary>
    public Output<string> Kubeconfig { get; }

    /// <summary>The stack's own encryption key.</summary>
    public Pulumi.Aws.Kms.Key SecretsKey { get; }

    /// <summary>What everything in the cluster depends on.</summary>
    public ClusterNodes Nodes { get; }
}
