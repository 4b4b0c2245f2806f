using Pulumi;
using Pulumi.Aws.CloudWatch;
using Pulumi.Command.Local;
using Pulumi.Eks;

namespace GopherMesh.Infra.Eks;

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
