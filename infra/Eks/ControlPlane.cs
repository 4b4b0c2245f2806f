using GopherMesh.Infra.Eks.Identity;
using GopherMesh.Infra.Eks.Network;
using Pulumi;
using Pulumi.Aws.CloudWatch;
using Pulumi.Aws.Eks.Inputs;
using Pulumi.Aws.Kms;
using Pulumi.Command.Local;
using Pulumi.Eks;
using Pulumi.Eks.Inputs;

namespace GopherMesh.Infra.Eks;

/// <summary>The cluster itself, in Auto Mode. docs/eks.md says for each setting here which source it rests on.</summary>
internal static class ControlPlane
{
    public static Cluster Declare(
        string name, EksPlan plan, ClusterNetwork network, Key secretsKey, LogGroup logs, ServiceRole role, ServiceRole nodeRole, ComponentResourceOptions options)
    {
        var eks = plan.Settings;
        var args = new ClusterArgs
        {
            Name = plan.Name,
            Version = eks.KubernetesVersion,
            VpcId = network.VpcId,
            PrivateSubnetIds = [.. network.PrivateSubnetIds],
            ServiceRole = role.Role,
            AuthenticationMode = AuthenticationMode.Api,
            AccessEntries = AccessEntries.For(eks, nodeRole.Role.Arn),
            AutoMode = OwnNodePoolOnly(),
            // Without this the component makes a role and an instance profile for nodes that Auto Mode never starts.
            SkipDefaultNodeGroup = true,
            // Auto Mode's nodes run their own DNS; the add-on would only cost pods.
            CorednsAddonOptions = new CoreDnsAddonOptionsArgs { Enabled = false },
            EncryptionConfigKeyArn = secretsKey.Arn,
            EnabledClusterLogTypes = [.. ControlPlaneLogs.Types],
            EndpointPrivateAccess = true,
            EndpointPublicAccess = eks.ApiAllowedCidrs.Length > 0,
            UpgradePolicy = new ClusterUpgradePolicyArgs { SupportType = eks.KubernetesSupport.ToString().ToUpperInvariant() },
            DeletionProtection = eks.DeletionProtection,
        };
        if (network.PublicSubnetIds.Length > 0)
        {
            args.PublicSubnetIds = [.. network.PublicSubnetIds];
        }

        if (eks.ApiAllowedCidrs.Length > 0)
        {
            args.PublicAccessCidrs = [.. eks.ApiAllowedCidrs];
        }

        // The routes, so that nodes reach the internet; the log group, so that EKS does not create one that keeps logs for ever;
        // and every policy of both roles, so that EKS can clean up while the cluster is deleted.
        options.DependsOn = [network, logs, role, nodeRole];
        options.Protect = plan.Protect;
        return new Cluster(name, args, options);
    }

    // None of AWS's own node pools, because they cannot be tagged. EKS then refuses a cluster that names a node role.
    private static AutoModeOptionsArgs OwnNodePoolOnly() => new()
    {
        Enabled = true,
        CreateNodeRole = false,
        ComputeConfig = new Pulumi.Eks.Inputs.ClusterComputeConfigArgs { NodePools = [] },
    };
}

/// <summary>The stack's own key, which encrypts Kubernetes' secrets and the images.</summary>
internal static class SecretsKey
{
    public static Key Declare(string name, EksPlan plan, Resource parent)
    {
        var key = new Key(
            name,
            new()
            {
                Description = $"Kubernetes secrets and images of {plan.Name}",
                EnableKeyRotation = true,
                DeletionWindowInDays = plan.Settings.KeyDeletionWindowDays,
            },
            new() { Parent = parent });
        _ = new Pulumi.Aws.Kms.Alias(name, new() { Name = $"alias/{plan.Name}", TargetKeyId = key.KeyId }, new() { Parent = parent });
        return key;
    }
}

/// <summary>The control plane's logs: where EKS writes them, and the end of that before the cluster's own.</summary>
internal static class ControlPlaneLogs
{
    /// <summary>All that a control plane can write.</summary>
    public static readonly string[] Types = ["api", "audit", "authenticator", "controllerManager", "scheduler"];

    /// <summary>
    /// The log group. EKS writes to the one of this name; if it did not exist, EKS would create one that keeps logs for ever (EKS user guide,
    /// "control-plane-logs").
    /// </summary>
    public static LogGroup Declare(string name, EksPlan plan, Resource parent) => new(
        $"{name}-control-plane",
        new() { Name = $"/aws/eks/{plan.Name}/cluster", RetentionInDays = plan.Settings.LogRetentionDays },
        new() { Parent = parent });

    /// <summary>
    /// Switches the logs off when the stack is destroyed, after all that runs in the cluster and before the cluster. Otherwise EKS may write a
    /// last line after the group is deleted too, and so create it again (terraform-aws-modules/terraform-aws-eks#920, #2486).
    /// </summary>
    public static Command SwitchOffBeforeTheEndOf(Cluster cluster, string name, EksPlan plan, Resource parent)
    {
        var environment = new InputMap<string> { ["CLUSTER"] = plan.Name, ["TYPES"] = string.Join(',', Types), ["AWS_REGION"] = plan.Settings.Region };
        foreach (var (variable, value) in plan.Settings.Credentials.Environment)
        {
            environment.Add(variable, value);
        }

        // The path is relative to the program's folder, where the engine starts its plugins.
        return new(
            $"{name}-control-plane-logs",
            new() { Interpreter = ["bash", "Eks/control-plane-logs.sh"], Create = "on", Delete = "off", Environment = environment, Logging = Logging.Stderr },
            new() { Parent = parent, DependsOn = [cluster] });
    }
}
