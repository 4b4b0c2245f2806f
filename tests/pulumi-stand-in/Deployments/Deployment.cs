using Pulumi.Testing;

namespace Pulumi;

/// <summary>One run of a program. In the stand-in, that is always a run under <see cref="IMocks"/>.</summary>
public sealed partial class Deployment
{
    private static readonly AsyncLocal<DeploymentInstance?> Ambient = new();
    private readonly MockMonitor _monitor;
    private Stack? _stack;

    private Deployment(MockMonitor monitor, TestOptions? options)
    {
        _monitor = monitor;
        Options = options ?? new();
        Runner = new(Log);
    }

    public static DeploymentInstance Instance
        => Ambient.Value ?? throw new InvalidOperationException("Trying to acquire Deployment.Instance before 'Run' was called.");

    internal static Deployment? Current => Ambient.Value?.Deployment;

    internal static Deployment Required => Instance.Deployment;

    internal TestOptions Options { get; }

    internal DeploymentConfig Config { get; } = DeploymentConfig.FromEnvironment();

    internal DeploymentLog Log { get; } = new();

    internal Runner Runner { get; }

    internal Stack Stack
    {
        get => _stack ?? throw new InvalidOperationException("Trying to acquire Deployment.Stack before 'Run' was called.");
        set => _stack = value;
    }

    internal string StackName => Options.StackName ?? "stack";

    internal string ProjectName => Options.ProjectName ?? "project";

    internal string OrganizationName => Options.OrganizationName ?? "organization";

    internal string RootDirectory => Options.RootDirectory
        ?? throw new InvalidOperationException("The Pulumi CLI version does not support root directory. Please update the Pulumi CLI.");

    internal bool IsDryRun => Options.IsPreview ?? true;

    private static void Enter(Deployment deployment)
    {
        if (Ambient.Value is not null)
        {
            throw new InvalidOperationException("Deployment.Instance should only be set once at the beginning of a 'Run' call.");
        }

        Ambient.Value = new(deployment);
    }
}
