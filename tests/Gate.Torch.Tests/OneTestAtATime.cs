// Live tensors are counted in the whole process, and two pools of kernel threads would share the cores.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
